//! What can be done with bookings: load, decide, save, record the fact.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use database::facts::{FactColumns, NewFact};
use database::{Connection, Tx};
use kernel::text::is_visible;
use kernel::{Actor, AllocationId, BookingId, CelebrityId, Chance, FieldFault, Instant, OfferingId, PersonId};

use crate::booking::{Booking, BookingTerms};
use crate::cancellation::CancellationRefund;
use crate::change::Change;
use crate::command::BookingCommand;
use crate::decide::{apply, begin, deadlines, decide};
use crate::error::BookingsError;
use crate::events::BookingEvent;
use crate::reference;
use crate::status::{CancelledBy, DeadlineKind, FulfilmentStatus, PaymentStatus, Status};
use crate::store::placing::{self, KeptAnswer, Placing};
use crate::store::{self, Changed};

/// Characters a brief has at most.
const BRIEF_CHARACTERS_MAX: usize = 2_000;
/// Characters a brief has at least: a date without a word leaves the talent guessing.
const BRIEF_CHARACTERS_MIN: usize = 10;

/// A booking to make.
#[derive(Debug)]
pub struct NewBooking {
    pub customer: PersonId,
    pub celebrity: CelebrityId,
    pub offering: OfferingId,
    pub terms: BookingTerms,
    pub brief: String,
    pub customer_time_zone: String,
}

/// Checks what the customer wrote.
pub fn check_brief(text: &str) -> Result<String, BookingsError> {
    let text = text.trim();
    let count = text.chars().count();
    let fault = if text.chars().any(|letter| letter.is_control() && !"\n\r\t".contains(letter)) {
        FieldFault::new("brief", "invalid", "Use letters and line breaks: this holds characters that cannot be shown.")
    } else if text.chars().filter(|letter| is_visible(*letter)).count() < BRIEF_CHARACTERS_MIN {
        FieldFault::new(
            "brief",
            "too_short",
            format!("Say in at least {BRIEF_CHARACTERS_MIN} characters what it is for."),
        )
    } else if count > BRIEF_CHARACTERS_MAX {
        FieldFault::new("brief", "too_long", format!("Use at most {BRIEF_CHARACTERS_MAX} characters."))
    } else {
        return Ok(text.to_owned());
    };
    Err(BookingsError::Fields(vec![fault]))
}

/// A booking after its first change, not written yet.
#[derive(Debug)]
pub struct Begun {
    pub booking: Booking,
    change: Change,
}

impl Begun {
    /// Begins a booking.
    pub fn new(new: NewBooking, chance: &dyn Chance, now: Instant) -> Self {
        let mut booking = Booking {
            id: BookingId::new(chance, now),
            reference: reference::fresh(chance),
            customer: new.customer,
            celebrity: new.celebrity,
            offering: new.offering,
            terms: new.terms,
            brief: new.brief,
            customer_time_zone: new.customer_time_zone,
            status: Status::Requested,
            payment_status: PaymentStatus::None,
            fulfilment_status: FulfilmentStatus::None,
            cancelled_by: None,
            hold_expires_at: None,
            version: 0,
            created_at: now,
            updated_at: now,
            confirmed_at: None,
        };
        let change = begin(&booking, now);
        apply(&mut booking, &change, now);
        Self { booking, change }
    }
}

/// Writes bookings together with the answers that are kept for retries; an instant booking holds its time in the same statement.
///
/// Each statement commits by itself, and what it wrote is added to `placed`, so that a later failure does not undo it. After success,
/// whatever is not in `placed` lost the race for its time. Fails when the key of an answer was used before, and when a calendar stays
/// locked for longer than `patience`.
pub async fn place(
    connection: &mut Connection,
    chance: &dyn Chance,
    now: Instant,
    wanted: &[(&Begun, &KeptAnswer)],
    patience: Duration,
    placed: &mut HashSet<BookingId>,
) -> Result<(), BookingsError> {
    let placings: Result<Vec<_>, BookingsError> =
        wanted.iter().map(|(begun, answer)| placing(begun, answer, chance, now)).collect();
    placing::insert(connection, &placings?, now, patience, placed).await
}

fn placing<'wanted>(
    Begun { booking, change }: &'wanted Begun,
    answer: &'wanted KeptAnswer,
    chance: &dyn Chance,
    now: Instant,
) -> Result<Placing<'wanted>, BookingsError> {
    let actor = Actor::customer(booking.customer);
    let span = if matches!(change, Change::Held { .. }) { booking.terms.span() } else { None };
    Ok(Placing {
        booking,
        change,
        actor,
        deadline: deadlines(booking, change).first().copied(),
        hold: span.map(|span| (AllocationId::new(chance, now), span)),
        fact: NewFact::of(chance, now, &event(booking, change.clone(), actor))?,
        answer,
    })
}

/// Locks a booking, for a decision that needs more than the booking.
pub async fn lock(tx: &mut Tx, id: BookingId) -> Result<Booking, BookingsError> {
    store::lock(tx, id).await
}

/// Asks something of a booking that is locked already.
pub async fn carry_out(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: &mut Booking,
    command: BookingCommand,
    actor: Actor,
) -> Result<(), BookingsError> {
    let (mut changes, mut events, mut due) = (Vec::new(), Vec::new(), Vec::new());
    for change in decide(booking, command, actor.kind, now)? {
        apply(booking, &change, now);
        events.push(event(booking, change.clone(), actor));
        due = deadlines(booking, &change);
        changes.push((booking.version, change));
    }
    let gives_time_back = changes
        .iter()
        .any(|(_, change)| matches!(change, Change::Expired { .. } | Change::Cancelled { .. } | Change::Declined));
    let facts = FactColumns::of(chance, now, &events)?;
    store::save(tx, Changed { booking, changes: &changes, actor, due, gives_time_back, facts }, now).await
}

/// Confirms a locked booking if its time is still there for it: held, or free to be taken again. One decision in one transaction:
/// `false` means that the time is gone, or the money came after `settle_by`, and it has to go back.
pub async fn confirm_if_free(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: &mut Booking,
    settle_by: Instant,
) -> Result<bool, BookingsError> {
    let payable = booking.status == Status::AwaitingPayment
        || (booking.status == Status::Expired && booking.payment_status == PaymentStatus::Pending);
    // Once the time has begun, or the payment is past its last moment, the money is too late and goes back.
    let is_over = settle_by <= now || booking.terms.begins_by().is_some_and(|by| by <= now);
    let has_time = match booking.terms.span() {
        _ if !payable || is_over => false,
        None => true,
        // A lapsed hold that was not deleted yet still blocks the time for others, so it can be kept. Where it is gone, taking the time
        // waits for the calendar's lock, so that of two payments for one time the second finds it taken.
        Some(span) => {
            store::keep_time(tx, booking.id).await?
                || store::take(tx, AllocationId::new(chance, now), booking.celebrity, span, booking.id, now).await?
        }
    };
    let command = if has_time { BookingCommand::Confirm } else { BookingCommand::ReturnPayment };
    carry_out(tx, chance, now, booking, command, Actor::SYSTEM).await?;
    Ok(has_time)
}

/// Cancels a locked booking. `expected_minor` is the refund that was shown; if a cut-off has passed since then, nothing happens.
pub async fn cancel(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: &mut Booking,
    by: CancelledBy,
    actor: Actor,
    expected_minor: i64,
) -> Result<CancellationRefund, BookingsError> {
    let refund = preview(booking, by, now);
    if booking.status == Status::Confirmed && refund.total.amount_minor != expected_minor {
        return Err(BookingsError::RefundChanged { refund: refund.total });
    }
    carry_out(tx, chance, now, booking, BookingCommand::Cancel { by }, actor).await?;
    Ok(refund)
}

/// What a cancellation at `now` would pay back: nothing before anything was paid.
pub fn preview(booking: &Booking, by: CancelledBy, now: Instant) -> CancellationRefund {
    let refund = booking.refund(by, now);
    if booking.payment_status == PaymentStatus::Paid {
        return refund;
    }
    let nothing = kernel::Money::new(0, refund.total.currency);
    CancellationRefund { percent: 0, price: nothing, service_fee: nothing, tax: nothing, total: nothing }
}

/// Bookings whose deadlines have passed.
pub async fn overdue(
    connection: &mut Connection,
    now: Instant,
    count_max: i64,
) -> Result<Vec<BookingId>, BookingsError> {
    store::overdue(connection, now, count_max).await
}

/// The earliest deadline of a booking that has passed and does not wait.
pub async fn passed_deadline(tx: &mut Tx, id: BookingId, now: Instant) -> Result<Option<DeadlineKind>, BookingsError> {
    store::passed_deadline(tx, id, now, false).await
}

/// The earliest deadline of a booking that has passed, whether it waits or not.
pub async fn waiting_deadline(tx: &mut Tx, id: BookingId, now: Instant) -> Result<Option<DeadlineKind>, BookingsError> {
    store::passed_deadline(tx, id, now, true).await
}

/// Lets a deadline wait for a while, and says until when. It stays due.
pub async fn postpone(
    tx: &mut Tx,
    id: BookingId,
    kind: DeadlineKind,
    now: Instant,
    by: TimeDelta,
) -> Result<Instant, BookingsError> {
    let until = now + by;
    store::postpone(tx, id, kind, until).await?;
    Ok(until)
}

const fn event(booking: &Booking, change: Change, actor: Actor) -> BookingEvent {
    BookingEvent { booking: booking.id, celebrity: booking.celebrity, version: booking.version, change, actor }
}
