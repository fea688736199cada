//! Legs of which it is not known yet how they end.

use database::Connection;
use kernel::{BookingId, Instant, LegId};

use crate::{LegState, NO_ANSWER, PaymentsError, REFUSED};

/// A leg of which money may still come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsettledLeg {
    pub id: LegId,
    pub booking: BookingId,
    /// Nobody waits for it, and its provider has to be told so.
    pub is_given_up: bool,
}

/// The legs opened since then that are open, or that failed without their provider's word on the charge.
pub async fn unsettled_legs(connection: &mut Connection, since: Instant) -> Result<Vec<UnsettledLeg>, PaymentsError> {
    let open: Vec<String> = LegState::OPEN.iter().map(|state| state.as_str().to_owned()).collect();
    let legs = sqlx::query_as!(
        UnsettledLeg,
        r#"SELECT l.id AS "id: LegId", i.booking_id AS "booking: BookingId",
             l.state = ANY($2) AND l.given_up_at IS NOT NULL AS "is_given_up!"
           FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id
           WHERE l.created_at >= $1 AND (l.state = ANY($2) OR (l.state = $3 AND l.failure_code = ANY($4))) ORDER BY l.id"#,
        since,
        &open,
        LegState::Failed as _,
        &[NO_ANSWER.to_owned(), REFUSED.to_owned()]
    );
    Ok(legs.fetch_all(connection).await?)
}
