//! The commands of this domain: each loads, decides, saves, and records its fact.

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
use crate::decide::{apply, begin, decide};
use crate::error::BookingsError;
use crate::events::BookingEvent;
use crate::reference;
use crate::status::{CancelledBy, DeadlineKind, FulfilmentStatus, PaymentStatus, Status};
use crate::store::placing::{self, KeptAnswer, Placing};
use crate::store::{self, Changed};

/// The longest brief, in characters.
const BRIEF_CHARACTERS_MAX: usize = 2_000;
/// The shortest brief, in characters: the talent has to know what the booking is for.
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

/// Checks the length of the customer's brief.
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

/// A new booking after its first change, not stored yet.
#[derive(Debug)]
pub struct Begun {
    pub booking: Booking,
    change: Change,
}

impl Begun {
    /// Makes a new booking.
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
            due: Vec::new(),
            redo_count: 0,
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

/// Writes new bookings with their answers for retries; an instant booking holds its time in the same statement.
///
/// Each statement commits by itself and adds what it wrote to `placed`, so a later failure does not
/// undo it. After success, a booking that is not in `placed` lost the race for its time. Fails if
/// an idempotency key was used before, or if a calendar stays locked for longer than `patience`.
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
        deadline: booking.due.first().copied(),
        hold: span.map(|span| (AllocationId::new(chance, now), span)),
        fact: NewFact::of(chance, now, &event(booking, change.clone(), actor))?,
        answer,
    })
}

/// Locks a booking, for a decision that also depends on other data.
pub async fn lock(tx: &mut Tx, id: BookingId) -> Result<Booking, BookingsError> {
    store::lock(tx, id).await
}

/// Carries out a command on a locked booking.
pub async fn carry_out(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: &mut Booking,
    command: BookingCommand,
    actor: Actor,
) -> Result<(), BookingsError> {
    let (mut changes, mut events) = (Vec::new(), Vec::new());
    for change in decide(booking, command, actor.kind, now)? {
        apply(booking, &change, now);
        events.push(event(booking, change.clone(), actor));
        changes.push((booking.version, change));
    }
    let gives_time_back = changes
        .iter()
        .any(|(_, change)| matches!(change, Change::Expired { .. } | Change::Cancelled { .. } | Change::Declined));
    let facts = FactColumns::of(chance, now, &events)?;
    store::save(tx, Changed { booking, changes: &changes, actor, gives_time_back, facts }, now).await
}

/// Confirms a locked booking if its time is held or can still be allocated. `false` if the time is taken, or the
/// money came after `settle_by`: then the payment has to be refunded. Decided and written in one transaction.
pub async fn confirm_if_free(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: &mut Booking,
    settle_by: Instant,
) -> Result<bool, BookingsError> {
    let has_time = match booking.terms.span() {
        _ if !booking.is_confirmable(settle_by, now) => false,
        None => true,
        // An expired hold that was not deleted yet still blocks the time, so it can be kept. If it is gone, allocating
        // waits for the lock of the calendar, so that the second of two payments for one time finds it taken.
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

/// The refund if the booking is cancelled at `now`; zero if nothing was paid.
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

/// The earliest passed deadline of a booking, without postponed ones.
pub async fn passed_deadline(tx: &mut Tx, id: BookingId, now: Instant) -> Result<Option<DeadlineKind>, BookingsError> {
    store::passed_deadline(tx, id, now, false).await
}

/// The earliest passed deadline of a booking, including postponed ones.
pub async fn waiting_deadline(tx: &mut Tx, id: BookingId, now: Instant) -> Result<Option<DeadlineKind>, BookingsError> {
    store::passed_deadline(tx, id, now, true).await
}

/// Postpones working off a passed deadline, and returns until when. Its due time stays as it is.
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
