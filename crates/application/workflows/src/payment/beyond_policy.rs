//! Refunds beyond what a policy gives, of bookings that were cancelled or fulfilled: one of our staff asks, another one approves.

use accounts::Caller;
use bookings::{Booking, BookingsError};
use database::Tx;
use kernel::{BookingId, RefundRequestId};
use payments::{PaymentChanges, PaymentsError, RefundDecision, RefundRequest, commands, refund_requests};
use site::Services;

use super::record::save;
use crate::WorkflowError;
use crate::booking::mails::mail_granted_refund;

/// Asks for a refund of `amount_minor`, at most what was captured and not refunded. The caller commits.
pub async fn ask_refund(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    amount_minor: i64,
    reason: &str,
) -> Result<RefundRequest, WorkflowError> {
    let booking = lock_settled(tx, caller, id).await?;
    let payment = commands::lock_of(tx, booking.id).await?.ok_or(PaymentsError::RefundTooLarge)?;
    let (chance, now) = (&*site.chance, site.clock.now());
    Ok(refund_requests::ask(tx, chance, now, &payment, amount_minor, reason, caller.id).await?)
}

/// Approves or declines a request. What was captured meanwhile or went back counts under the payment's lock. The caller commits.
pub async fn decide_refund(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: RefundRequestId,
    decision: RefundDecision,
) -> Result<RefundRequest, WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let about = refund_requests::request(tx, id).await?;
    let booking = about.paid_for.booking().ok_or(PaymentsError::NotFound)?;
    // Lock order: the booking, its payment, then the request.
    let booking = lock_settled(tx, caller, booking).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, about.intent).await?);
    let request = refund_requests::lock(tx, id).await?;
    match decision {
        RefundDecision::Decline => Ok(refund_requests::decline(tx, chance, now, request, caller.id).await?),
        RefundDecision::Approve => {
            let approved = refund_requests::approve(tx, chance, now, request, &mut changes, caller.id).await?;
            save(site, tx, now, &mut changes).await?;
            mail_granted_refund(site, tx, &booking, approved.id, approved.amount).await?;
            Ok(approved)
        }
    }
}

/// Locks a booking that is cancelled or fulfilled. Nobody decides about money of their own.
async fn lock_settled(tx: &mut Tx, caller: &Caller, id: BookingId) -> Result<Booking, WorkflowError> {
    let booking = bookings::commands::lock(tx, id).await?;
    if booking.customer == caller.id {
        return Err(BookingsError::NotYourMove.into());
    }
    if !booking.is_settled() {
        return Err(BookingsError::State { status: booking.status }.into());
    }
    Ok(booking)
}
