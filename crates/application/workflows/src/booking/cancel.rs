//! Cancels a booking: refunds exactly what was shown, and shares out what is kept.

use accounts::Caller;
use bookings::{Booking, BookingCommand, BookingsError, CancellationRefund, CancelledBy, Status, commands};
use database::Tx;
use kernel::{Actor, BookingId, Instant, Money};
use payments::templates::share_out;
use payments::{Occasion, PaymentsError, RefundReason, Split};
use site::Services;

use super::visible::side_of;
use super::{BookingSide, VisibleBooking};
use crate::WorkflowError;
use crate::payment::{close_unpaid, refund_and_post};

/// The refund if `caller` cancelled the booking now. Fails if the booking cannot be cancelled.
pub fn preview_cancellation(
    seen: &VisibleBooking,
    caller: &Caller,
    now: Instant,
) -> Result<CancellationRefund, WorkflowError> {
    let VisibleBooking { booking, side } = seen;
    if !side.decides() {
        return Err(BookingsError::NotYourMove.into());
    }
    let by = side.canceller();
    bookings::decide(booking, BookingCommand::Cancel { by }, side.actor(caller).kind, now)?;
    Ok(commands::preview(booking, by, now))
}

/// Cancels the booking and returns for which side. `expected_minor` is the refund
/// that was shown; if it has changed since, nothing happens. The caller commits.
pub async fn cancel(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    expected_minor: i64,
) -> Result<(Booking, BookingSide), WorkflowError> {
    let booking = commands::lock(tx, id).await?;
    let side = side_of(tx, caller, &booking).await?.ok_or(BookingsError::NotFound)?;
    if !side.decides() {
        return Err(BookingsError::NotYourMove.into());
    }
    let booking = call_off(site, tx, booking, side.canceller(), side.actor(caller), Some(expected_minor)).await?;
    Ok((booking, side))
}

/// Cancels a locked booking for any side, with its refund and its transfers.
pub(super) async fn call_off(
    site: &Services,
    tx: &mut Tx,
    mut booking: Booking,
    by: CancelledBy,
    actor: Actor,
    expected_minor: Option<i64>,
) -> Result<Booking, WorkflowError> {
    let now = site.clock.now();
    let before = booking.status;
    let expected = expected_minor.unwrap_or_else(|| commands::preview(&booking, by, now).total.amount_minor);
    let refund = commands::cancel(tx, &*site.chance, now, &mut booking, by, actor, expected).await?;
    if before == Status::Confirmed {
        settle(site, tx, &booking, &refund, by).await?;
    } else {
        close_unpaid(site, tx, &mut booking).await?;
    }
    Ok(booking)
}

/// Enqueues the refund, and shares out what is kept.
async fn settle(
    site: &Services,
    tx: &mut Tx,
    booking: &Booking,
    refund: &CancellationRefund,
    by: CancelledBy,
) -> Result<(), WorkflowError> {
    let reason = match by {
        CancelledBy::Customer => RefundReason::CancelledByCustomer,
        CancelledBy::Talent => RefundReason::CancelledByTalent,
        CancelledBy::Staff => RefundReason::Staff,
        CancelledBy::System => RefundReason::NotDelivered,
    };
    let owed = (refund.total.amount_minor > 0).then_some((refund.total, reason));
    let terms = &booking.terms;
    let left = |paid: Money, back: Money| Money::new(paid.amount_minor - back.amount_minor, paid.currency);
    let split = Split::of(
        left(terms.price, refund.price),
        left(terms.service_fee, refund.service_fee),
        left(terms.tax, refund.tax),
        terms.commission_bps,
    );
    let kept = share_out(Occasion::Kept, booking.id, booking.celebrity, split).map_err(PaymentsError::from)?;
    refund_and_post(site, tx, booking.id, owed, kept).await
}
