//! Placing a booking: the offer of this moment is copied into it and its time is held; if the time is taken, alternatives are named.

use std::sync::Arc;

use accounts::Caller;
use kernel::{Instant, OfferingId, Role};
use site::{Services, Site};

use super::answer::Placed;
use super::free_time::FreeTime;
use super::order::{Order, PlaceBooking};
use super::placing::{PlaceOrder, PlaceOrders, PlacingOutcome};
use super::profiles_of;
use crate::{AnswerTemplate, WorkflowError};

/// How many free times are named when the wanted one is taken.
const ALTERNATIVES: usize = 3;

/// Places a booking and holds its time; returns the body of the answer. `EarlierTry` means that this attempt was finished before.
pub async fn place(
    site: &Site,
    caller: &Caller,
    wanted: PlaceBooking,
    template: AnswerTemplate<Placed>,
) -> Result<Vec<u8>, WorkflowError> {
    let order = Order::check(wanted, caller, site.clock.now())?;
    if caller.is(Role::Agent) {
        refuse_own_profiles(site, caller, order.offering).await?;
    }
    let (offering, starts_at) = (order.offering, order.starts_at);
    let orders = site.group_commits.of::<PlaceOrders>();
    let outcome = orders.submit(&Arc::new(PlaceOrders(Arc::clone(site))), PlaceOrder { order, template }).await?;
    match (outcome, starts_at) {
        (PlacingOutcome::Placed(body), _) => Ok(body),
        (PlacingOutcome::Taken, starts_at) => {
            Err(WorkflowError::SlotTaken { alternatives: alternatives(site, offering, starts_at).await? })
        }
        (PlacingOutcome::NotOffered, starts_at) => {
            Err(WorkflowError::NotOffered { alternatives: alternatives(site, offering, starts_at).await? })
        }
    }
}

/// Agents cannot book the celebrities that they act for, as celebrities cannot book themselves.
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
