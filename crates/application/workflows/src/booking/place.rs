//! Placing a booking: what is on offer at this moment, frozen; the time held, or alternatives named.

use accounts::Caller;
use bookings::commands::{self, Begun};
use bookings::{Answer, Booking, BookingsError};
use chrono::{DateTime, Utc};
use database::Connection;
use database::idempotency::{self, Attempt};
use kernel::{Instant, OfferingId, Role};
use serde::Serialize;

use super::desk::{self, Ticket};
use super::order::{Order, PlaceBooking, Star, Verdict};
use super::profiles_of;
use super::unpaid::Unpaid;
use crate::{Services, Site, WorkflowError};

/// Free times named to somebody whose time was taken.
const ALTERNATIVES: usize = 3;

/// A time that can be had instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FreeTime {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// A booking that was just placed.
#[derive(Debug, Clone)]
pub struct Placed {
    pub booking: Booking,
    pub star: Star,
}

/// What a call answers once its booking is placed. It is kept beside the booking, so that a retry is answered alike.
#[derive(Debug, Clone)]
pub struct Receipt {
    pub attempt: Attempt,
    pub status: u16,
    pub body: fn(Placed, Instant) -> Vec<u8>,
}

/// What came of an order.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Placed, and to be answered with this.
    Placed(Vec<u8>),
    /// Somebody has the time.
    Taken,
    /// The time was never on offer.
    NotOffered,
}

/// Places a booking and holds its time; returns the body of the receipt. `EarlierTry` says that the attempt was finished before.
pub async fn place(
    site: &Site,
    caller: &Caller,
    wanted: PlaceBooking,
    receipt: Receipt,
) -> Result<Vec<u8>, WorkflowError> {
    let order = Order::check(wanted, caller, site.clock.now())?;
    if caller.is(Role::Agent) {
        refuse_own_profiles(site, caller, order.offering).await?;
    }
    let (offering, starts_at) = (order.offering, order.starts_at);
    let outcome = desk::hand_in(site, order, receipt).await?;
    match (outcome, starts_at) {
        (Outcome::Placed(body), _) => Ok(body),
        (Outcome::Taken, starts_at) => {
            Err(WorkflowError::SlotTaken { alternatives: alternatives(site, offering, starts_at).await? })
        }
        (Outcome::NotOffered, starts_at) => {
            Err(WorkflowError::NotOffered { alternatives: alternatives(site, offering, starts_at).await? })
        }
    }
}

/// Whoever acts for a celebrity books them no more than they do themselves.
async fn refuse_own_profiles(site: &Services, caller: &Caller, offering: OfferingId) -> Result<(), WorkflowError> {
    let mut connection = site.database.acquire().await?;
    let celebrity = catalog::queries::offering(&mut connection, offering).await?.celebrity_id;
    if profiles_of(&mut connection, caller, None).await?.contains(&celebrity) {
        return Err(WorkflowError::OwnProfile);
    }
    Ok(())
}

async fn alternatives(
    site: &Services,
    offering: OfferingId,
    wanted: Option<Instant>,
) -> Result<Vec<FreeTime>, WorkflowError> {
    let Some(wanted) = wanted else { return Ok(Vec::new()) };
    let mut connection = site.database.acquire().await?;
    let now = site.clock.now();
    let slots = overviews::availability::nearest(&mut connection, offering, wanted, ALTERNATIVES, now).await?;
    Ok(slots.into_iter().map(|slot| FreeTime { starts_at: slot.starts_at, ends_at: slot.ends_at }).collect())
}

/// Places a group in one statement.
pub(super) async fn together(
    site: &Services,
    connection: &mut Connection,
    group: &[Ticket],
) -> Result<Vec<Result<Outcome, WorkflowError>>, WorkflowError> {
    let now = site.clock.now();
    let wanted: Vec<_> = group.iter().map(|ticket| ticket.order.offering).collect();
    let offers = site.offers.read(connection, &wanted, now).await?;

    let mut unpaid = Unpaid::count(site, connection, group, now).await?;
    let mut outcomes = Vec::with_capacity(group.len());
    let (mut places, mut offered) = (Vec::new(), Vec::new());
    for (place, (ticket, offer)) in group.iter().zip(offers).enumerate() {
        let verdict =
            ticket.order.judge(offer.as_deref(), now).and_then(|verdict| unpaid.admit(ticket.order.customer, verdict));
        outcomes.push(match verdict {
            Ok(Verdict::Offered(new, star)) => {
                let begun = Begun::new(*new, &*site.chance, now);
                let answer = ticket.receipt.answer(Placed { booking: begun.booking.clone(), star }, now);
                places.push(place);
                offered.push((begun, answer));
                Ok(Outcome::Taken)
            }
            Ok(Verdict::NotOffered) => Ok(Outcome::NotOffered),
            Err(refusal) => Err(refusal),
        });
    }
    if offered.is_empty() {
        return Ok(outcomes);
    }

    let placed = commands::place(connection, &*site.chance, now, &offered).await.map_err(|error| match error {
        BookingsError::Database(error) if idempotency::is_used_key(&error) => WorkflowError::EarlierTry,
        error => error.into(),
    })?;
    for (place, (begun, answer)) in places.into_iter().zip(offered) {
        // Whose booking did not come about lost the race for its time.
        if placed.contains(&begun.booking.id) {
            outcomes[place] = Ok(Outcome::Placed(answer.body));
        }
    }
    Ok(outcomes)
}

impl Receipt {
    fn answer(&self, placed: Placed, now: Instant) -> Answer {
        Answer { attempt: self.attempt.clone(), status: self.status, body: (self.body)(placed, now) }
    }
}
