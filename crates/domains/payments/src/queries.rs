//! What is read of payments.

use database::Connection;
use kernel::{BookingId, IntentId, LegId, RefundId};

use crate::intent::{Intent, Leg, Refund};
use crate::{PaymentsError, store};

/// An intent with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Payment {
    pub intent: Intent,
    pub legs: Vec<Leg>,
    pub refunds: Vec<Refund>,
}

/// One payment.
pub async fn payment(connection: &mut Connection, id: IntentId) -> Result<Payment, PaymentsError> {
    let intent = store::find_intent(connection, Some(id), None).await?.ok_or(PaymentsError::NotFound)?;
    whole(connection, intent).await
}

/// The payment of a booking, if somebody began to pay.
pub async fn payment_of(connection: &mut Connection, booking: BookingId) -> Result<Option<Payment>, PaymentsError> {
    match store::find_intent(connection, None, Some(booking)).await? {
        Some(intent) => Ok(Some(whole(connection, intent).await?)),
        None => Ok(None),
    }
}

/// The intent of a leg.
pub async fn intent_of_leg(connection: &mut Connection, leg: LegId) -> Result<IntentId, PaymentsError> {
    store::intent_of(connection, Some(leg), None).await?.map(|(intent, _)| intent).ok_or(PaymentsError::NotFound)
}

/// The intent and leg that a provider's reference belongs to.
pub async fn by_provider_ref(
    connection: &mut Connection,
    provider_ref: &str,
) -> Result<(IntentId, LegId), PaymentsError> {
    store::intent_of(connection, None, Some(provider_ref)).await?.ok_or(PaymentsError::NotFound)
}

/// One refund.
pub async fn refund(connection: &mut Connection, id: RefundId) -> Result<Refund, PaymentsError> {
    store::refunds(connection, None, Some(id)).await?.into_iter().next().ok_or(PaymentsError::NotFound)
}

async fn whole(connection: &mut Connection, intent: Intent) -> Result<Payment, PaymentsError> {
    let legs = store::legs(connection, intent.id).await?;
    let refunds = store::refunds(connection, Some(intent.id), None).await?;
    Ok(Payment { intent, legs, refunds })
}
