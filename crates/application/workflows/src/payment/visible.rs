//! Who may see a payment: the customer who pays, and the staff.

use accounts::Caller;
use bookings::BookingsError;
use database::Connection;
use kernel::{IntentId, Role};
use payments::{PaidFor, Payment, PaymentsError, queries};

use crate::WorkflowError;
use crate::booking;

/// The payment, for those it concerns.
pub async fn load_visible(
    connection: &mut Connection,
    caller: &Caller,
    id: IntentId,
) -> Result<Payment, WorkflowError> {
    let payment = queries::payment(&mut *connection, id).await?;
    let PaidFor::Booking(booking) = payment.intent.paid_for else {
        let sees = payment.intent.customer == caller.id || caller.is(Role::Support) || caller.is(Role::Admin);
        return if sees { Ok(payment) } else { Err(PaymentsError::NotFound.into()) };
    };
    match booking::load_visible(connection, caller, booking).await {
        Ok(seen) if seen.side.sees_payment() => Ok(payment),
        Ok(_) | Err(WorkflowError::Bookings(BookingsError::NotFound)) => Err(PaymentsError::NotFound.into()),
        Err(error) => Err(error),
    }
}
