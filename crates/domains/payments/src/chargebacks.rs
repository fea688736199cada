//! Chargebacks: recorded once for each dispute, found again in part, closed, and won.

use database::Tx;
use database::facts::append;
use kernel::{Chance, ChargebackId, Instant, LegId, Money, PersonId};

use crate::chargeback::{Chargeback, Dispute};
pub use crate::queries::chargebacks::{chargeback, kept_as_credit, known, list, open, orders_charged_back, unwon};
use crate::{PaymentChange, PaymentChanges, PaymentEvent, PaymentsError, store, templates};

/// Records a dispute of a leg of a locked payment, which `changes` then knows of; the caller saves them. `None` if that was done before.
pub async fn record(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    changes: &mut PaymentChanges,
    leg: LegId,
    dispute: &Dispute<'_>,
) -> Result<Option<Chargeback>, PaymentsError> {
    let case = Chargeback::new(changes.payment(), leg, dispute, chance, now);
    if !store::chargebacks::insert(tx, &case).await? {
        return Ok(None);
    }
    ledger::post(tx, chance, now, &[templates::charged_back(&case)?]).await?;
    let change = PaymentChange::ChargedBack { chargeback: case.id, leg, amount: case.amount };
    append(tx, chance, now, &event(&case, change)).await?;
    changes.charge_back(chance, now, case.of_leg())?;
    Ok(Some(case))
}

/// Locks a case until the transaction ends. Lock order: what it is about and its payment must be locked before.
pub async fn lock(tx: &mut Tx, id: ChargebackId) -> Result<Chargeback, PaymentsError> {
    store::chargebacks::lock(tx, id).await?;
    chargeback(tx, id).await
}

/// Writes down that `found` of a locked case was found; whoever took it has posted that.
pub async fn find(tx: &mut Tx, now: Instant, case: Chargeback, found: Money) -> Result<Chargeback, PaymentsError> {
    let case = case.found(found, now);
    store::chargebacks::save(tx, &case).await?;
    Ok(case)
}

/// Writes down that the bank let a payment stand after all that a locked case is about. What it had made good is owed anew by `changes` of
/// the locked payment, which the caller saves; what was found elsewhere, the caller gives back. Errs if that was done before.
pub async fn win(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    changes: &mut PaymentChanges,
    case: Chargeback,
) -> Result<Chargeback, PaymentsError> {
    let won = case.clone().won(now)?;
    store::chargebacks::save(tx, &won).await?;
    ledger::post(tx, chance, now, &[templates::chargeback_won(&case)?]).await?;
    let change = PaymentChange::ChargebackWon { chargeback: won.id, leg: won.leg, amount: won.amount };
    append(tx, chance, now, &event(&won, change)).await?;
    changes.win_chargeback(chance, now, won.id)?;
    Ok(won)
}

/// Closes a locked case; what was not found again is written off.
pub async fn close(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    case: Chargeback,
    note: &str,
    by: PersonId,
) -> Result<Chargeback, PaymentsError> {
    let case = case.closed(note, by, now)?;
    store::chargebacks::save(tx, &case).await?;
    ledger::post(tx, chance, now, &[templates::chargeback_written_off(&case)?]).await?;
    let change = PaymentChange::ChargebackClosed { chargeback: case.id, written_off: case.rest(), by };
    append(tx, chance, now, &event(&case, change)).await?;
    Ok(case)
}

const fn event(case: &Chargeback, change: PaymentChange) -> PaymentEvent {
    PaymentEvent { intent: case.intent, paid_for: case.paid_for, change }
}
