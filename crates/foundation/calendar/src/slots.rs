//! The free slots of an offering: opening hours minus busy times, with buffers, lead time and horizon.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use kernel::Instant;

use crate::local::{LocalFault, resolve_local};
use crate::rules::{OpeningHours, SlotRules, Span, at_minute};

/// A free slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// The start as wall time in the zone of the opening hours.
    pub local: NaiveDateTime,
}

/// The free slots that start on the days `from..=to` in the zone of the opening hours, in order.
///
/// Wall times that the clocks skip are left out; one that they show twice is listed once, as its first instant.
pub fn open_slots(
    hours: &OpeningHours,
    busy: &[Span],
    rules: &SlotRules,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Vec<Slot> {
    let bounds = Bounds::new(hours, rules, now);
    let (from, to) = (from.max(bounds.first_day), to.min(bounds.last_day));
    if from > to || rules.duration_minutes == 0 {
        return Vec::new();
    }
    let occupancy = Occupancy::new(hours, busy, from, to);
    let mut slots = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        for local in beginnings(hours, rules, day) {
            let starts_at = match resolve_local(local, hours.zone) {
                Ok(at) | Err(LocalFault::Ambiguous { first: at, .. }) => at,
                Err(LocalFault::NonExistent) => continue,
            };
            if starts_at >= bounds.earliest && occupancy.takes(rules, starts_at) {
                slots.push(Slot { starts_at, ends_at: rules.service(starts_at).ends_at, local });
            }
        }
    }
    slots
}

/// Whether a slot starts at exactly `starts_at`. Of two instants with the same wall time, both are accepted.
pub fn is_open_at(hours: &OpeningHours, busy: &[Span], rules: &SlotRules, starts_at: Instant, now: Instant) -> bool {
    let bounds = Bounds::new(hours, rules, now);
    let local = starts_at.with_timezone(&hours.zone).naive_local();
    let day = local.date();
    starts_at >= bounds.earliest
        && day <= bounds.last_day
        && rules.duration_minutes > 0
        && beginnings(hours, rules, day).any(|beginning| beginning == local)
        && Occupancy::new(hours, busy, day, day).takes(rules, starts_at)
}

/// The `count` slots nearest to `wanted`, in order of time.
pub fn nearest_free(slots: &[Slot], wanted: Instant, count: usize) -> Vec<Slot> {
    let mut nearest = slots.to_vec();
    nearest.sort_by_key(|slot| (slot.starts_at - wanted).abs());
    nearest.truncate(count);
    nearest.sort_by_key(|slot| slot.starts_at);
    nearest
}

/// The limits of what may be booked at `now`.
struct Bounds {
    earliest: Instant,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

impl Bounds {
    fn new(hours: &OpeningHours, rules: &SlotRules, now: Instant) -> Self {
        let earliest = now + TimeDelta::minutes(rules.lead_time_minutes.into());
        let today = now.with_timezone(&hours.zone).date_naive();
        let first_day = earliest.with_timezone(&hours.zone).date_naive();
        Self { earliest, first_day, last_day: today + Days::new(rules.horizon_days.into()) }
    }
}

/// The open and the busy spans around some days.
struct Occupancy {
    windows: Vec<Span>,
    busy: Vec<Span>,
}

impl Occupancy {
    fn new(hours: &OpeningHours, busy: &[Span], from: NaiveDate, to: NaiveDate) -> Self {
        // A booking of up to a day may run into the next day, so the days around are needed too.
        Self { windows: hours.windows(from - Days::new(1), to + Days::new(2)), busy: Span::merge(busy.to_vec()) }
    }

    /// Whether a booking at `starts_at` lies within the opening hours and, with its buffers, overlaps nothing busy.
    fn takes(&self, rules: &SlotRules, starts_at: Instant) -> bool {
        let service = rules.service(starts_at);
        let window = self.windows.partition_point(|window| window.starts_at <= service.starts_at);
        let is_inside = window > 0 && self.windows[window - 1].ends_at >= service.ends_at;
        if !is_inside {
            return false;
        }
        let allocation = rules.allocation(starts_at);
        let next = self.busy.partition_point(|busy| busy.ends_at <= allocation.starts_at);
        self.busy.get(next).is_none_or(|busy| !busy.overlaps(&allocation))
    }
}

/// The wall times on `day` at which a slot may start, by the opening hours alone.
fn beginnings(hours: &OpeningHours, rules: &SlotRules, day: NaiveDate) -> impl Iterator<Item = NaiveDateTime> {
    let step = rules.step_minutes.max(1);
    hours.ranges_on(day).into_iter().flat_map(move |range| {
        (range.opens_minute..range.closes_minute).step_by(step.into()).map(move |minute| at_minute(day, minute))
    })
}
