//! Who may see a payment: the customer who pays, and the staff.

use accounts::Caller;
use bookings::BookingsError;
use database::Connection;
use kernel::IntentId;
use payments::PaymentsError;
use payments::queries::{self, Payment};

use crate::WorkflowError;
use crate::booking::{self, BookingSide};

/// The payment, for those it concerns.
pub async fn see(connection: &mut Connection, caller: &Caller, id: IntentId) -> Result<Payment, WorkflowError> {
    let payment = queries::payment(&mut *connection, id).await?;
    match booking::load_visible(connection, caller, payment.intent.booking).await {
        Ok(seen) if matches!(seen.side, BookingSide::Customer | BookingSide::Staff) => Ok(payment),
        Ok(_) | Err(WorkflowError::Bookings(BookingsError::NotFound)) => Err(PaymentsError::NotFound.into()),
        Err(error) => Err(error),
    }
}
