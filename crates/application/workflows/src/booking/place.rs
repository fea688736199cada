//! Placing a booking: what is on offer at this moment, frozen; the time held, or alternatives named.

use std::sync::Arc;

use accounts::Caller;
use bookings::{Booking, KeptAnswer};
use chrono::{DateTime, Utc};
use database::idempotency::Attempt;
use kernel::{Instant, OfferingId, Role};
use serde::Serialize;
use site::{Services, Site};

use super::order::{Order, PlaceBooking, Star};
use super::placing::{Outcome, PlaceOrder, PlaceOrders};
use super::profiles_of;
use crate::WorkflowError;

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
    let orders = site.group_commits.of::<PlaceOrders>();
    let outcome = orders.submit(&Arc::new(PlaceOrders(Arc::clone(site))), PlaceOrder { order, receipt }).await?;
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

impl Receipt {
    pub(super) fn answer(&self, placed: Placed, now: Instant) -> KeptAnswer {
        KeptAnswer { attempt: self.attempt.clone(), status: self.status, body: (self.body)(placed, now) }
    }
}
