//! Placing a booking: what is on offer at this moment, frozen; the time held, or alternatives named.

use accounts::Caller;
use bookings::commands::{self, NewBooking, check_brief};
use bookings::{Booking, BookingsError, Kind, Mode, Policy, Terms, Timing};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use database::{Connection, Tx};
use kernel::{CelebrityId, FieldFault, Instant, OfferingId, PortraitId};
use overviews::ordering::{Opening, Orderable, orderable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Services, WorkflowError};

/// Nothing can be booked further ahead, whatever an offering's horizon.
const DAYS_AHEAD_MAX: i64 = 1_100;
/// Free times named to somebody whose time was taken.
const ALTERNATIVES: usize = 3;

/// What a customer wants.
#[derive(Debug, Clone)]
pub struct PlaceBooking {
    pub offering: OfferingId,
    /// For what takes time on the calendar.
    pub starts_at: Option<Instant>,
    /// The customer's clock; the one of their account when not given.
    pub time_zone: Option<String>,
    pub brief: String,
}

/// A time that can be had instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FreeTime {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// With whom a booking was placed.
#[derive(Debug, Clone)]
pub struct Star {
    pub id: CelebrityId,
    pub slug: String,
    pub stage_name: String,
    /// Of the poster, in degrees.
    pub hue: i16,
    pub portrait_id: Option<PortraitId>,
}

/// A booking that was just placed.
#[derive(Debug, Clone)]
pub struct Placed {
    pub booking: Booking,
    pub star: Star,
}

/// Places a booking and holds its time. The caller commits.
pub async fn place(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    order: PlaceBooking,
) -> Result<Placed, WorkflowError> {
    let now = site.clock.now();
    let brief = check_brief(&order.brief)?;
    let zone = order.time_zone.unwrap_or_else(|| caller.time_zone.clone());
    if zone.parse::<Tz>().is_err() {
        return Err(field("time_zone", "unknown", "Use a time zone's IANA name, such as Europe/Lisbon."));
    }
    if order.starts_at.is_some_and(|at| at < now - TimeDelta::days(1) || at > now + TimeDelta::days(DAYS_AHEAD_MAX)) {
        return Err(field(
            "starts_at",
            "out_of_range",
            "Choose one of the free times; this one is not in the calendar.",
        ));
    }
    let found = orderable(tx, order.offering, order.starts_at, now).await?;
    if found.person_id == Some(caller.id) {
        return Err(WorkflowError::OwnProfile);
    }
    let opening = found.opening;
    let star = Star {
        id: found.celebrity_id,
        slug: found.slug.clone(),
        stage_name: found.stage_name.clone(),
        hue: found.hue,
        portrait_id: found.portrait_id,
    };
    let new = NewBooking {
        customer: caller.id,
        celebrity: found.celebrity_id,
        offering: order.offering,
        terms: terms(found, order.starts_at, now)?,
        brief,
        customer_time_zone: zone,
    };
    match (opening, order.starts_at) {
        (Opening::NotOffered, Some(wanted)) => {
            let alternatives = alternatives(tx, order.offering, wanted, now).await?;
            Err(WorkflowError::NotOffered { alternatives })
        }
        (Opening::Taken, Some(wanted)) => Err(taken(tx, order.offering, wanted, now).await?),
        (_, wanted) => match (commands::place(tx, &*site.chance, now, new).await, wanted) {
            (Err(BookingsError::SlotTaken), Some(wanted)) => Err(taken(tx, order.offering, wanted, now).await?),
            (done, _) => Ok(Placed { booking: done?, star }),
        },
    }
}

/// The refusal that names what can be had instead.
async fn taken(
    connection: &mut Connection,
    offering: OfferingId,
    wanted: Instant,
    now: Instant,
) -> Result<WorkflowError, WorkflowError> {
    let alternatives = alternatives(connection, offering, wanted, now).await?;
    Ok(WorkflowError::SlotTaken { alternatives })
}

async fn alternatives(
    connection: &mut Connection,
    offering: OfferingId,
    wanted: Instant,
    now: Instant,
) -> Result<Vec<FreeTime>, WorkflowError> {
    let slots = overviews::availability::nearest(connection, offering, wanted, ALTERNATIVES, now).await?;
    Ok(slots.into_iter().map(|slot| FreeTime { starts_at: slot.starts_at, ends_at: slot.ends_at }).collect())
}

/// What is agreed, as it stands on offer now.
fn terms(found: Orderable, starts_at: Option<Instant>, now: Instant) -> Result<Terms, WorkflowError> {
    let mode: Mode = known(Value::String(found.mode))?;
    if mode != Mode::Instant {
        let text = "This is not booked at once but agreed on first, and asking for it is not open yet. Choose something that is booked at once.";
        return Err(field("offering_id", "not_instant", text));
    }
    let time = match (found.duration_minutes, starts_at) {
        (Some(minutes), Some(starts_at)) => Some(Timing {
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(minutes.into()),
            starts_local: starts_at.with_timezone(&found.zone).naive_local(),
        }),
        (Some(_), None) => return Err(field("starts_at", "required", "Choose a time.")),
        (None, Some(_)) => {
            return Err(field("starts_at", "not_wanted", "This takes no time on the calendar: leave the time out."));
        }
        (None, None) => None,
    };
    Ok(Terms {
        kind: known::<Kind>(Value::String(found.kind))?,
        mode,
        title: found.title,
        price: found.price.price,
        service_fee: found.price.service_fee,
        tax: found.price.tax,
        commission_bps: found.commission_bps,
        policy: Policy {
            key: found.policy_key,
            name: found.policy_name,
            tiers: known(found.policy_tiers)?,
            grace_hours: found.policy_grace_hours.into(),
        },
        time,
        time_zone: found.zone.name().to_owned(),
        buffer_before_minutes: found.buffer_before_minutes,
        buffer_after_minutes: found.buffer_after_minutes,
        deliver_by: found.deliver_within_days.map(|days| now + TimeDelta::days(days.into())),
    })
}

/// What the catalog stores, in the words of bookings. The tables allow nothing else.
fn known<Known: DeserializeOwned>(stored: Value) -> Result<Known, WorkflowError> {
    serde_json::from_value(stored).map_err(WorkflowError::Stored)
}

fn field(name: &'static str, code: &'static str, text: &str) -> WorkflowError {
    WorkflowError::Fields(vec![FieldFault::new(name, code, text)])
}
