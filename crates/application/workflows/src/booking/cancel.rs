//! Cancels a booking: refunds exactly what was shown, and shares out what is kept.

use accounts::Caller;
use bookings::{Booking, BookingCommand, BookingsError, CancellationRefund, CancelledBy, Status, commands};
use database::{Connection, Tx};
use kernel::{Actor, BookingId, FieldFault, Instant, Money};
use payments::templates::share_out;
use payments::{Occasion, PaymentsError, RefundChoice, RefundReason, Split};
use site::Services;

use super::visible::side_of;
use super::{BookingSide, VisibleBooking};
use crate::WorkflowError;
use crate::payment::{NewRefund, RefundPart, RefundWay, close_unpaid, refund_and_post, refund_parts};

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

/// Where a refund goes, as it is shown before.
#[derive(Debug, Default)]
pub struct ShownParts {
    /// The way it came; empty for those who do not see payments.
    pub as_paid: Vec<RefundPart>,
    /// As the customer may choose, where some of it can become credit.
    pub as_credit: Option<Vec<RefundPart>>,
}

/// Where a refund of `total` would go, for those who may know how the booking was paid.
pub async fn refund_parts_for(
    connection: &mut Connection,
    seen: &VisibleBooking,
    total: Money,
    now: Instant,
) -> Result<ShownParts, WorkflowError> {
    let id = seen.booking.id;
    if !seen.side.sees_payment() {
        return Ok(ShownParts::default());
    }
    let as_paid = refund_parts(&mut *connection, id, total, now, RefundChoice::AsPaid).await?;
    if seen.side != BookingSide::Customer {
        return Ok(ShownParts { as_paid, as_credit: None });
    }
    let as_credit = refund_parts(connection, id, total, now, RefundChoice::Credit).await?;
    let is_choice = as_credit.iter().any(|part| part.way == RefundWay::Kept);
    Ok(ShownParts { as_paid, as_credit: is_choice.then_some(as_credit) })
}

/// Cancels the booking and returns for which side. `expected_minor` is the refund
/// that was shown; if it has changed since, nothing happens. The customer chooses where it goes. The caller commits.
pub async fn cancel(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: BookingId,
    expected_minor: i64,
    choice: RefundChoice,
) -> Result<(Booking, BookingSide), WorkflowError> {
    let booking = commands::lock(tx, id).await?;
    let side = side_of(tx, caller, &booking).await?.ok_or(BookingsError::NotFound)?;
    if !side.decides() {
        return Err(BookingsError::NotYourMove.into());
    }
    if choice != RefundChoice::AsPaid && side != BookingSide::Customer {
        let message = "Whose money it is chooses where it goes. Leave this out: it goes back the way it came.";
        return Err(WorkflowError::Fields(vec![FieldFault::new("refund_to", "not_yours", message)]));
    }
    let (by, actor) = (side.canceller(), side.actor(caller));
    let booking = call_off(site, tx, booking, by, actor, Some((expected_minor, choice))).await?;
    Ok((booking, side))
}

/// Cancels a locked booking for any side, with its refund and its transfers. `agreed` is the refund that was shown to whoever cancels, and
/// where it goes.
pub(super) async fn call_off(
    site: &Services,
    tx: &mut Tx,
    mut booking: Booking,
    by: CancelledBy,
    actor: Actor,
    agreed: Option<(i64, RefundChoice)>,
) -> Result<Booking, WorkflowError> {
    let now = site.clock.now();
    let before = booking.status;
    let (expected, choice) =
        agreed.unwrap_or_else(|| (commands::preview(&booking, by, now).total.amount_minor, RefundChoice::AsPaid));
    let refund = commands::cancel(tx, &*site.chance, now, &mut booking, by, actor, expected).await?;
    if before == Status::Confirmed {
        settle(site, tx, &booking, &refund, by, choice).await?;
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
    choice: RefundChoice,
) -> Result<(), WorkflowError> {
    let reason = match by {
        CancelledBy::Customer => RefundReason::CancelledByCustomer,
        CancelledBy::Talent => RefundReason::CancelledByTalent,
        CancelledBy::Staff => RefundReason::Staff,
        CancelledBy::System => RefundReason::NotDelivered,
    };
    let owed = (refund.total.amount_minor > 0).then_some(NewRefund { amount: refund.total, reason, choice });
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
