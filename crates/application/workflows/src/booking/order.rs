//! A customer's order, and its comparison with the offering as it is now.

use accounts::Caller;
use bookings::commands::{NewBooking, check_brief};
use bookings::{BookingTerms, Timing};
use chrono::TimeDelta;
use chrono_tz::Tz;
use kernel::{BookingMode, CelebrityId, FieldFault, Instant, OfferingId, PersonId, PortraitId};
use overviews::OverviewError;
use overviews::offers::BookableOffering;

use crate::WorkflowError;

/// The furthest that anything can be booked ahead, whatever an offering's horizon.
const DAYS_AHEAD_MAX: i64 = 1_100;

/// A request to book.
#[derive(Debug, Clone)]
pub struct PlaceBooking {
    pub offering: OfferingId,
    /// Required for offerings that take time on the calendar.
    pub starts_at: Option<Instant>,
    /// The customer's time zone; that of their account when not given.
    pub time_zone: Option<String>,
    pub brief: String,
}

/// The celebrity of a new booking.
#[derive(Debug, Clone)]
pub struct BookedCelebrity {
    pub id: CelebrityId,
    pub slug: String,
    pub stage_name: String,
    /// The hue of the portrait, in degrees.
    pub hue: i16,
    pub portrait_id: Option<PortraitId>,
}

/// A request that is valid by itself, before it is compared with the offering.
#[derive(Debug)]
pub(super) struct Order {
    pub customer: PersonId,
    pub offering: OfferingId,
    pub starts_at: Option<Instant>,
    time_zone: String,
    brief: String,
}

/// The result of comparing an order with its offering.
pub(super) enum Verdict {
    /// It can be booked, unless somebody has the time; only the insert decides that.
    Offered(Box<NewBooking>, BookedCelebrity),
    /// The time was never on offer: outside the hours, too soon or too far away.
    NotOffered,
}

impl Order {
    /// Checks everything that does not depend on the offering.
    pub(super) fn check(wanted: PlaceBooking, caller: &Caller, now: Instant) -> Result<Self, WorkflowError> {
        let brief = check_brief(&wanted.brief)?;
        let time_zone = wanted.time_zone.unwrap_or_else(|| caller.time_zone.clone());
        if time_zone.parse::<Tz>().is_err() {
            return Err(field("time_zone", "unknown", "Use a time zone's IANA name, such as Europe/Lisbon."));
        }
        let reach = now - TimeDelta::days(1)..=now + TimeDelta::days(DAYS_AHEAD_MAX);
        if wanted.starts_at.is_some_and(|at| !reach.contains(&at)) {
            let text = "Choose one of the free times; this one is not in the calendar.";
            return Err(field("starts_at", "out_of_range", text));
        }
        Ok(Self { customer: caller.id, offering: wanted.offering, starts_at: wanted.starts_at, time_zone, brief })
    }

    /// Compares the order with the offering as it is now.
    pub(super) fn judge(&self, found: Option<&BookableOffering>, now: Instant) -> Result<Verdict, WorkflowError> {
        let found = found.ok_or(OverviewError::OfferingNotFound)?;
        if found.person_id == Some(self.customer) {
            return Err(WorkflowError::OwnProfile);
        }
        let star = BookedCelebrity {
            id: found.celebrity_id,
            slug: found.slug.clone(),
            stage_name: found.stage_name.clone(),
            hue: found.hue,
            portrait_id: found.portrait_id,
        };
        let new = NewBooking {
            customer: self.customer,
            celebrity: found.celebrity_id,
            offering: self.offering,
            terms: terms(found, self.starts_at, now)?,
            brief: self.brief.clone(),
            customer_time_zone: self.time_zone.clone(),
        };
        Ok(if found.has(self.starts_at, now) { Verdict::Offered(Box::new(new), star) } else { Verdict::NotOffered })
    }
}

/// The terms of the booking, copied from the offering as it is now.
fn terms(found: &BookableOffering, starts_at: Option<Instant>, now: Instant) -> Result<BookingTerms, WorkflowError> {
    if found.mode != BookingMode::Instant {
        let text = "This is not booked at once but agreed on first, and asking for it is not open yet. \
                    Choose something that is booked at once.";
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
    Ok(BookingTerms {
        kind: found.kind,
        mode: found.mode,
        title: found.title.clone(),
        price: found.price.price,
        service_fee: found.price.service_fee,
        tax: found.price.tax,
        commission_bps: found.commission_bps,
        policy: found.policy.clone(),
        time,
        time_zone: found.zone.name().to_owned(),
        buffer_before_minutes: found.buffer_before_minutes,
        buffer_after_minutes: found.buffer_after_minutes,
        deliver_by: found.deliver_within_days.map(|days| now + TimeDelta::days(days.into())),
    })
}

fn field(name: &'static str, code: &'static str, text: &str) -> WorkflowError {
    WorkflowError::Fields(vec![FieldFault::new(name, code, text)])
}

#[cfg(test)]
mod tests;
