//! Legs of which it is not known yet how they end.

use database::Connection;
use kernel::{Instant, IntentId, LegId};

use crate::{IntentState, LegState, NO_ANSWER, PaidFor, PaymentMethod, PaymentsError, REFUSED};

/// A leg of which money may still come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsettledLeg {
    pub id: LegId,
    pub paid_for: PaidFor,
    /// Nobody waits for it, and its provider has to be told so.
    pub is_given_up: bool,
}

/// The legs opened since then that are open or authorised at their provider, or that failed without their provider's word on the charge.
pub async fn unsettled_legs(connection: &mut Connection, since: Instant) -> Result<Vec<UnsettledLeg>, PaymentsError> {
    let open: Vec<String> = LegState::OPEN.iter().map(|state| state.as_str().to_owned()).collect();
    let stored = PaymentMethod::ALL.into_iter().filter(|method| method.is_stored());
    let stored: Vec<String> = stored.map(|method| method.as_str().to_owned()).collect();
    let legs = sqlx::query!(
        r#"SELECT l.id AS "id: LegId", i.subject_kind, i.booking_id AS subject_id,
             l.given_up_at IS NOT NULL AND l.state <> $3 AS "is_given_up!"
           FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id
           WHERE l.created_at >= $1 AND (l.state = ANY($2) OR (l.state = $3 AND l.failure_code = ANY($4))
             OR (l.state = $5 AND l.method <> ALL($6))) ORDER BY l.id"#,
        since,
        &open,
        LegState::Failed as _,
        &[NO_ANSWER.to_owned(), REFUSED.to_owned()],
        LegState::Held as _,
        &stored
    );
    let rows = legs.fetch_all(connection).await?;
    // Legs that pay for something only a newer release knows are left to its servers.
    let known = rows.into_iter().filter_map(|row| {
        let paid_for = PaidFor::stored(&row.subject_kind, row.subject_id)?;
        Some(UnsettledLeg { id: row.id, paid_for, is_given_up: row.is_given_up })
    });
    Ok(known.collect())
}

/// Payments with stored value that is still set aside though nobody waits for it: a server of the previous release, which knows no such
/// value, has closed them.
pub async fn lingering_holds(connection: &mut Connection) -> Result<Vec<(IntentId, PaidFor)>, PaymentsError> {
    let stored = PaymentMethod::ALL.into_iter().filter(|method| method.is_stored());
    let stored: Vec<String> = stored.map(|method| method.as_str().to_owned()).collect();
    let rows = sqlx::query!(
        r#"SELECT DISTINCT i.id AS "id: IntentId", i.subject_kind, i.booking_id AS subject_id
           FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id
           WHERE l.state = $1 AND l.method = ANY($2) AND (l.given_up_at IS NOT NULL OR i.state <> $3)"#,
        LegState::Held as _,
        &stored,
        IntentState::Open as _
    );
    let rows = rows.fetch_all(connection).await?;
    let known = |row: (IntentId, String, uuid::Uuid)| Some((row.0, PaidFor::stored(&row.1, row.2)?));
    Ok(rows.into_iter().filter_map(|row| known((row.id, row.subject_kind, row.subject_id))).collect())
}
