//! Reads of payments.

mod books;
pub(crate) mod chargebacks;
pub(crate) mod refund_requests;
mod unsettled;
mod waiting;

pub use books::{check, pending_refunds};
use database::Connection;
use kernel::{IntentId, LegId, RefundId};
pub use unsettled::{UnsettledLeg, lingering_holds, unsettled_legs};
pub use waiting::{WaitingForStaff, waiting_for_staff};

use crate::store::intents::{self, Sought};
use crate::{PaidFor, Payment, PaymentsError};

/// More intents than a booking ever has.
const PAYMENTS_MAX: i64 = 1_000;

/// One payment.
pub async fn payment(connection: &mut Connection, id: IntentId) -> Result<Payment, PaymentsError> {
    found(connection, Sought::Intent(id)).await
}

/// The open payment of a booking or purchase, or the latest one; `None` if nobody tried to pay.
pub async fn payment_of(
    connection: &mut Connection,
    paid_for: impl Into<PaidFor>,
) -> Result<Option<Payment>, PaymentsError> {
    intents::find(connection, Sought::PaidFor(paid_for.into())).await
}

/// The payments of a booking or purchase, the live one first and then the latest.
pub async fn payments_of(
    connection: &mut Connection,
    paid_for: impl Into<PaidFor>,
) -> Result<Vec<Payment>, PaymentsError> {
    intents::find_some(connection, Sought::PaidFor(paid_for.into()), PAYMENTS_MAX).await
}

/// The payment that a leg belongs to.
pub async fn payment_of_leg(connection: &mut Connection, leg: LegId) -> Result<Payment, PaymentsError> {
    found(connection, Sought::Leg(leg)).await
}

/// The payment that a refund belongs to.
pub async fn payment_of_refund(connection: &mut Connection, refund: RefundId) -> Result<Payment, PaymentsError> {
    found(connection, Sought::Refund(refund)).await
}

/// The payment and leg that a provider's reference belongs to.
pub async fn by_provider_ref(
    connection: &mut Connection,
    provider: &str,
    provider_ref: &str,
) -> Result<(Payment, LegId), PaymentsError> {
    let payment = found(connection, Sought::Reference { provider, provider_ref }).await?;
    let of_provider = |leg: &&crate::Leg| leg.provider == provider && leg.provider_ref.as_deref() == Some(provider_ref);
    let leg = payment.legs.iter().find(of_provider).map(|leg| leg.id).ok_or(PaymentsError::NotFound)?;
    Ok((payment, leg))
}

async fn found(connection: &mut Connection, sought: Sought<'_>) -> Result<Payment, PaymentsError> {
    intents::find(connection, sought).await?.ok_or(PaymentsError::NotFound)
}
