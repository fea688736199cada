//! What of payments waits for our staff.

use database::Connection;
use kernel::PersonId;

use crate::leg_chargeback::ChargebackState;
use crate::{PaymentsError, RefundRequestState};

/// How much waits for one of our staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitingForStaff {
    /// Requests for refunds that somebody else made, so that they may approve them.
    pub refunds: i64,
    /// Open cases that are not about a payment of their own.
    pub chargebacks: i64,
}

impl WaitingForStaff {
    /// Whether anything does.
    pub const fn is_any(self) -> bool {
        self.refunds > 0 || self.chargebacks > 0
    }
}

/// What one of our staff may decide.
pub async fn waiting_for_staff(
    connection: &mut Connection,
    reader: PersonId,
) -> Result<WaitingForStaff, PaymentsError> {
    let waiting = sqlx::query_as!(
        WaitingForStaff,
        r#"SELECT (SELECT count(*) FROM refund_requests WHERE state = $2 AND asked_by <> $1) AS "refunds!",
             (SELECT count(*) FROM chargebacks c JOIN payment_legs l ON l.id = c.leg_id JOIN payment_intents i ON i.id = l.intent_id
              WHERE c.state = $3 AND i.customer_id <> $1) AS "chargebacks!""#,
        reader.0,
        RefundRequestState::Open.as_str(),
        ChargebackState::Open.as_str()
    );
    Ok(waiting.fetch_one(connection).await?)
}
