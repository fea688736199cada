//! Writes of chargebacks.

use database::Tx;
use kernel::{ChargebackId, Currency, LegId, Money};
use serde::Deserialize;

use crate::PaymentsError;
use crate::chargeback::Chargeback;
use crate::leg_chargeback::{ChargebackState, LegChargeback};

/// A row of `chargebacks`, as the payment that it is about reads it.
#[derive(Deserialize)]
pub(super) struct StoredLegChargeback {
    id: ChargebackId,
    leg_id: LegId,
    amount_minor: i64,
    taken_back_minor: i64,
    currency: Currency,
    state: ChargebackState,
    is_won: bool,
}

impl From<StoredLegChargeback> for LegChargeback {
    fn from(row: StoredLegChargeback) -> Self {
        Self {
            id: row.id,
            leg: row.leg_id,
            amount: Money::new(row.amount_minor, row.currency),
            taken_back_minor: row.taken_back_minor,
            state: row.state,
            is_won: row.is_won,
        }
    }
}

/// Inserts a case; `false` if its dispute is known.
pub(crate) async fn insert(tx: &mut Tx, case: &Chargeback) -> Result<bool, PaymentsError> {
    let inserted = sqlx::query!(
        "INSERT INTO chargebacks (id, leg_id, provider, dispute_ref, amount_minor, taken_back_minor, currency, state, opened_at,
           recorded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (provider, dispute_ref) DO NOTHING",
        case.id.0,
        case.leg.0,
        case.provider,
        case.dispute_ref,
        case.amount.amount_minor,
        case.taken_back.amount_minor,
        case.amount.currency.code(),
        case.state.as_str(),
        case.opened_at,
        case.recorded_at
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() > 0)
}

/// Locks a case until the transaction ends; missing ones are not noticed here.
pub(crate) async fn lock(tx: &mut Tx, id: ChargebackId) -> Result<(), PaymentsError> {
    let locked = sqlx::query!("SELECT id FROM chargebacks WHERE id = $1 FOR UPDATE", id.0);
    Ok(locked.fetch_optional(&mut **tx).await.map(drop)?)
}

/// Saves how far a locked case has come.
pub(crate) async fn save(tx: &mut Tx, case: &Chargeback) -> Result<(), PaymentsError> {
    let saved = sqlx::query!(
        "UPDATE chargebacks SET taken_back_minor = $2, state = $3, note = $4, closed_by = $5, closed_at = $6,
           won_at = $7 WHERE id = $1",
        case.id.0,
        case.taken_back.amount_minor,
        case.state.as_str(),
        case.note,
        case.closed_by.map(|by| by.0),
        case.closed_at,
        case.won_at
    );
    Ok(saved.execute(&mut **tx).await.map(drop)?)
}
