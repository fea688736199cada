//! The free times of a service: open hours minus what is taken, with buffers, lead time and horizon.

use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};
use kernel::Instant;

use crate::local::{LocalFault, resolve_local};
use crate::rules::at_minute;
use crate::rules::{Rules, SlotRules, Span};

/// A free time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    pub starts_at: Instant,
    pub ends_at: Instant,
    /// What clocks show where the rules live.
    pub local: NaiveDateTime,
}

/// Free times whose beginning falls on the days `from..=to` in the zone of the rules, in order.
///
/// Wall times that the clocks skip are left out; one that they show twice is listed once, as its first instant.
pub fn open_slots(
    rules: &Rules,
    busy: &[Span],
    terms: &SlotRules,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Vec<Slot> {
    let bounds = Bounds::new(rules, terms, now);
    let (from, to) = (from.max(bounds.first_day), to.min(bounds.last_day));
    if from > to || terms.duration_minutes == 0 {
        return Vec::new();
    }
    let open = OpenTime::new(rules, busy, from, to);
    let mut slots = Vec::new();
    for day in from.iter_days().take_while(|day| *day <= to) {
        for local in beginnings(rules, terms, day) {
            let starts_at = match resolve_local(local, rules.zone) {
                Ok(at) | Err(LocalFault::Ambiguous { first: at, .. }) => at,
                Err(LocalFault::NonExistent) => continue,
            };
            if starts_at >= bounds.earliest && open.takes(terms, starts_at) {
                slots.push(Slot { starts_at, ends_at: terms.service(starts_at).ends_at, local });
            }
        }
    }
    slots
}

/// Whether the service can begin at exactly `starts_at`. Either of two instants with the same wall time will do.
pub fn is_open_at(rules: &Rules, busy: &[Span], terms: &SlotRules, starts_at: Instant, now: Instant) -> bool {
    let bounds = Bounds::new(rules, terms, now);
    let local = starts_at.with_timezone(&rules.zone).naive_local();
    let day = local.date();
    starts_at >= bounds.earliest
        && day <= bounds.last_day
        && terms.duration_minutes > 0
        && beginnings(rules, terms, day).any(|beginning| beginning == local)
        && OpenTime::new(rules, busy, day, day).takes(terms, starts_at)
}

/// The `count` slots nearest to `wanted`, in order of time.
pub fn nearest_free(slots: &[Slot], wanted: Instant, count: usize) -> Vec<Slot> {
    let mut nearest = slots.to_vec();
    nearest.sort_by_key(|slot| (slot.starts_at - wanted).abs());
    nearest.truncate(count);
    nearest.sort_by_key(|slot| slot.starts_at);
    nearest
}

/// What may be booked at all.
struct Bounds {
    earliest: Instant,
    first_day: NaiveDate,
    last_day: NaiveDate,
}

impl Bounds {
    fn new(rules: &Rules, terms: &SlotRules, now: Instant) -> Self {
        let earliest = now + TimeDelta::minutes(terms.lead_time_minutes.into());
        let today = now.with_timezone(&rules.zone).date_naive();
        let first_day = earliest.with_timezone(&rules.zone).date_naive();
        Self { earliest, first_day, last_day: today + Days::new(terms.horizon_days.into()) }
    }
}

/// Open and taken time around some days.
struct OpenTime {
    windows: Vec<Span>,
    busy: Vec<Span>,
}

impl OpenTime {
    fn new(rules: &Rules, busy: &[Span], from: NaiveDate, to: NaiveDate) -> Self {
        // A service of up to a day may run into the day after, whose hours join over midnight.
        Self { windows: rules.windows(from - Days::new(1), to + Days::new(2)), busy: Span::merge(busy.to_vec()) }
    }

    /// Whether the service fits the open hours and, with its buffers, touches nothing that is taken.
    fn takes(&self, terms: &SlotRules, starts_at: Instant) -> bool {
        let service = terms.service(starts_at);
        let window = self.windows.partition_point(|window| window.starts_at <= service.starts_at);
        let is_inside = window > 0 && self.windows[window - 1].ends_at >= service.ends_at;
        if !is_inside {
            return false;
        }
        let allocation = terms.allocation(starts_at);
        let next = self.busy.partition_point(|busy| busy.ends_at <= allocation.starts_at);
        self.busy.get(next).is_none_or(|busy| !busy.overlaps(&allocation))
    }
}

/// Wall times on `day` at which the service may begin, by the hours alone.
fn beginnings(rules: &Rules, terms: &SlotRules, day: NaiveDate) -> impl Iterator<Item = NaiveDateTime> {
    let step = terms.step_minutes.max(1);
    rules.ranges_on(day).into_iter().flat_map(move |range| {
        (range.opens_minute..range.closes_minute).step_by(step.into()).map(move |minute| at_minute(day, minute))
    })
}
