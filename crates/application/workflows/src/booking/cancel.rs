//! Cancelling a booking: the refund shown is the refund paid, and the rest is shared out.

use accounts::Caller;
use bookings::{Booking, BookingCommand, BookingsError, CancellationRefund, CancelledBy, Status, commands};
use database::{Connection, Tx};
use kernel::{Actor, BookingId, Instant, Money};
use payments::RefundReason;
use payments::ledger::{Occasion, Split, share_out};
use site::Services;

use super::{BookingSide, load_visible};
use crate::WorkflowError;
use crate::payment::{give_up_later, owe_refund};

/// The refund if `caller` cancelled the booking now.
pub async fn preview_cancellation(
    site: &Services,
    connection: &mut Connection,
    caller: &Caller,
    id: BookingId,
) -> Result<CancellationRefund, WorkflowError> {
    let seen = load_visible(connection, caller, id).await?;
    if !seen.side.decides() {
        return Err(BookingsError::NotYourMove.into());
    }
    let (booking, by, now) = (seen.booking, seen.side.canceller(), site.clock.now());
    // A booking that cannot be cancelled has no preview either.
    bookings::decide(&booking, BookingCommand::Cancel { by }, seen.side.actor(caller).kind, now)?;
    Ok(commands::preview(&booking, by, now))
}

/// Cancels the booking and returns it with the caller's side. `expected_minor` is the refund that was shown; if it has changed,
/// the call is refused. The caller commits.
pub async fn cancel(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    expected_minor: i64,
) -> Result<(Booking, BookingSide), WorkflowError> {
    let side = load_visible(tx, caller, id).await?.side;
    if !side.decides() {
        return Err(BookingsError::NotYourMove.into());
    }
    let booking = call_off(site, tx, id, side.canceller(), side.actor(caller), Some(expected_minor)).await?;
    Ok((booking, side))
}

/// Cancels a booking on behalf of `by`, with refund and settlement.
pub(super) async fn call_off(
    site: &Services,
    tx: &mut Tx,
    id: BookingId,
    by: CancelledBy,
    actor: Actor,
    expected_minor: Option<i64>,
) -> Result<Booking, WorkflowError> {
    let now = site.clock.now();
    let before = commands::lock(tx, id).await?;
    let expected = expected_minor.unwrap_or_else(|| commands::preview(&before, by, now).total.amount_minor);
    let (booking, refund) = commands::cancel(tx, &*site.chance, now, id, by, actor, expected).await?;
    if before.status == Status::Confirmed {
        settle(site, tx, &booking, &refund, by, now).await?;
    } else {
        give_up_later(site, tx, id).await?;
    }
    Ok(booking)
}

/// Owes the refund, and shares out the rest of the escrow.
async fn settle(
    site: &Services,
    tx: &mut Tx,
    booking: &Booking,
    refund: &CancellationRefund,
    by: CancelledBy,
    now: Instant,
) -> Result<(), WorkflowError> {
    if refund.total.amount_minor > 0 {
        let reason = match by {
            CancelledBy::Customer => RefundReason::CancelledByCustomer,
            CancelledBy::Talent => RefundReason::CancelledByTalent,
            CancelledBy::Staff => RefundReason::Staff,
            CancelledBy::System => RefundReason::NotDelivered,
        };
        owe_refund(site, tx, booking.id, refund.total, reason).await?;
    }
    let terms = &booking.terms;
    let left = |paid: Money, back: Money| Money::new(paid.amount_minor - back.amount_minor, paid.currency);
    let split =
        Split::of(left(terms.price, refund.price), left(terms.service_fee, refund.service_fee), terms.commission_bps);
    share_out(tx, &*site.chance, now, Occasion::Kept, booking.id, booking.celebrity, split).await?;
    Ok(())
}
