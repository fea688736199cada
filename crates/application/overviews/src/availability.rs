//! Free times: reads rules and busy spans in one round trip, and passes them to the pure crate `calendar`.

use std::collections::{BTreeMap, BTreeSet};

use calendar::{OpenRange, OpeningHours, Slot, SlotRules, Span, WeeklyHours};
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use chrono_tz::Tz;
use database::Connection;
use kernel::{CelebrityId, Instant, OfferingId};
use sqlx::types::Json;

use crate::error::OverviewError;

/// Days read before and after the requested ones: no service with buffers, in any zone, reaches further.
const REACH_DAYS: u64 = 4;

/// The distances, in days, in which the nearest free times are searched, one after the other; usually the first is enough.
const NEAREST_DAYS: [u64; 2] = [3, 45];

/// The free times of an offering.
#[derive(Debug, Clone)]
pub struct Availability {
    pub celebrity_id: CelebrityId,
    /// The celebrity's zone; `Slot::local` is in it.
    pub zone: Tz,
    /// The last day that can be booked.
    pub horizon: NaiveDate,
    pub slots: Vec<Slot>,
}

/// The input of the pure crate `calendar`.
#[derive(Debug)]
pub(crate) struct Board {
    pub celebrity_id: CelebrityId,
    pub rules: OpeningHours,
    pub busy: Vec<Span>,
    /// `None` if the offering takes no time.
    pub slot_rules: Option<SlotRules>,
}

/// Free times that start on the days `from..=to` in the celebrity's zone. Empty if the offering takes no time.
pub async fn slots(
    connection: &mut Connection,
    offering_id: OfferingId,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Result<Availability, OverviewError> {
    let board = read_board(connection, offering_id, from, to, now).await?;
    let horizon_days = board.slot_rules.map_or(0, |rules| rules.horizon_days);
    let horizon = now.with_timezone(&board.rules.zone).date_naive() + Days::new(horizon_days.into());
    let slots = board.slot_rules.map_or_else(Vec::new, |slot_rules| {
        calendar::open_slots(&board.rules, &board.busy, &slot_rules, from, to, now)
    });
    Ok(Availability { celebrity_id: board.celebrity_id, zone: board.rules.zone, horizon, slots })
}

/// The number of free times of each day; days without any are left out.
pub async fn month(
    connection: &mut Connection,
    offering_id: OfferingId,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Result<BTreeMap<NaiveDate, usize>, OverviewError> {
    let availability = slots(connection, offering_id, from, to, now).await?;
    let mut counts = BTreeMap::new();
    for slot in availability.slots {
        *counts.entry(slot.local.date()).or_insert(0) += 1;
    }
    Ok(counts)
}

/// The `count` free times nearest to `wanted`, in order of time.
pub async fn nearest(
    connection: &mut Connection,
    offering_id: OfferingId,
    wanted: Instant,
    count: usize,
    now: Instant,
) -> Result<Vec<Slot>, OverviewError> {
    let wanted_day = wanted.max(now).date_naive();
    let mut found = Vec::new();
    for days in NEAREST_DAYS {
        let (from, to) = (wanted_day - Days::new(days), wanted_day + Days::new(days));
        let availability = slots(connection, offering_id, from, to, now).await?;
        found = calendar::nearest_free(&availability.slots, wanted, count);
        let reach = TimeDelta::days(days.cast_signed());
        // Complete: nothing outside the days that were read can be nearer than these.
        if found.len() == count && found.iter().all(|slot| (slot.starts_at - wanted).abs() <= reach) {
            break;
        }
    }
    Ok(found)
}

/// Whether the offering can start at exactly `starts_at`.
pub async fn is_open(
    connection: &mut Connection,
    offering_id: OfferingId,
    starts_at: Instant,
    now: Instant,
) -> Result<bool, OverviewError> {
    let day = starts_at.date_naive();
    let board = read_board(connection, offering_id, day, day, now).await?;
    Ok(board.slot_rules.is_some_and(|rules| calendar::is_open_at(&board.rules, &board.busy, &rules, starts_at, now)))
}

/// The days from today on with a free time for some offering, as ranges without their end.
pub async fn open_days(
    connection: &mut Connection,
    celebrity_id: CelebrityId,
    now: Instant,
    days: u16,
) -> Result<Vec<(NaiveDate, NaiveDate)>, OverviewError> {
    let offerings = sqlx::query_scalar!(
        r#"SELECT id AS "id: OfferingId" FROM offerings
           WHERE celebrity_id = $1 AND is_active AND duration_minutes IS NOT NULL ORDER BY position"#,
        celebrity_id.0
    )
    .fetch_all(&mut *connection)
    .await?;
    let today = now.date_naive();
    let (from, to) = (today - Days::new(1), today + Days::new(days.into()));
    let mut open = BTreeSet::new();
    for offering_id in offerings {
        match slots(connection, offering_id, from, to, now).await {
            Ok(availability) => open.extend(availability.slots.iter().map(|slot| slot.local.date())),
            // A draft or suspended profile has no open days.
            Err(OverviewError::OfferingNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(ranges_of(&open))
}

/// Open and busy spans of a celebrity's calendar, without details.
#[derive(Debug, Clone)]
pub struct PublicCalendar {
    pub zone: Tz,
    pub open: Vec<Span>,
    pub taken: Vec<Span>,
}

/// A celebrity's public calendar for the days `from..=to`. Held times count as busy.
pub async fn public_calendar(
    connection: &mut Connection,
    celebrity_id: CelebrityId,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Result<PublicCalendar, OverviewError> {
    let (reach_from, reach_to) = reach(from, to);
    let row = sqlx::query_as!(
        BoardRow,
        r#"SELECT c.id AS "celebrity_id: CelebrityId", c.time_zone, NULL::integer AS duration_minutes,
             0 AS "buffer_before_minutes!", 0 AS "buffer_after_minutes!", 5 AS "step_minutes!", 0 AS "lead_time_minutes!",
             0 AS "horizon_days!",
             (SELECT coalesce(jsonb_agg(jsonb_build_array(weekday, opens_minute, closes_minute)), '[]') FROM weekly_hours
               WHERE celebrity_id = c.id) AS "weekly!: Json<Vec<(u8, u16, u16)>>",
             (SELECT coalesce(jsonb_agg(jsonb_build_array(day, open_ranges)), '[]') FROM day_exceptions
               WHERE celebrity_id = c.id AND day BETWEEN $2 AND $3) AS "exceptions!: Json<Vec<(NaiveDate, Vec<OpenRange>)>>",
             coalesce(b.begins, '{}') AS "begins!: Vec<Instant>", coalesce(b.ends, '{}') AS "ends!: Vec<Instant>"
           FROM celebrities c
           LEFT JOIN LATERAL (SELECT array_agg(lower(span)) AS begins, array_agg(upper(span)) AS ends FROM (
               SELECT span FROM allocations
                 WHERE celebrity_id = c.id AND span && tstzrange($4, $5) AND (kind <> 'hold' OR expires_at > $6)
               UNION ALL SELECT span FROM outside_busy WHERE celebrity_id = c.id AND span && tstzrange($4, $5)) AS taken) AS b ON true
           WHERE c.id = $1 AND c.status = 'published'"#,
        celebrity_id.0,
        from - Days::new(REACH_DAYS),
        to + Days::new(REACH_DAYS),
        reach_from,
        reach_to,
        now
    );
    let row = row.fetch_optional(connection).await?.ok_or(OverviewError::CelebrityNotFound)?;
    let board = Board::try_from(row)?;
    let mut taken = board.busy;
    taken.sort_unstable();
    Ok(PublicCalendar { zone: board.rules.zone, open: board.rules.windows(from, to), taken })
}

pub(crate) struct BoardRow {
    pub celebrity_id: CelebrityId,
    pub time_zone: String,
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub step_minutes: i32,
    pub lead_time_minutes: i32,
    pub horizon_days: i32,
    pub weekly: Json<Vec<(u8, u16, u16)>>,
    pub exceptions: Json<Vec<(NaiveDate, Vec<OpenRange>)>>,
    pub begins: Vec<Instant>,
    pub ends: Vec<Instant>,
}

async fn read_board(
    connection: &mut Connection,
    offering_id: OfferingId,
    from: NaiveDate,
    to: NaiveDate,
    now: Instant,
) -> Result<Board, OverviewError> {
    let (reach_from, reach_to) = reach(from, to);
    let row = sqlx::query_as!(
        BoardRow,
        r#"SELECT c.id AS "celebrity_id: CelebrityId", c.time_zone, o.duration_minutes, o.buffer_before_minutes,
             o.buffer_after_minutes, o.step_minutes, o.lead_time_minutes, o.horizon_days,
             (SELECT coalesce(jsonb_agg(jsonb_build_array(weekday, opens_minute, closes_minute)), '[]') FROM weekly_hours
               WHERE celebrity_id = c.id) AS "weekly!: Json<Vec<(u8, u16, u16)>>",
             (SELECT coalesce(jsonb_agg(jsonb_build_array(day, open_ranges)), '[]') FROM day_exceptions
               WHERE celebrity_id = c.id AND day BETWEEN $2 AND $3) AS "exceptions!: Json<Vec<(NaiveDate, Vec<OpenRange>)>>",
             coalesce(b.begins, '{}') AS "begins!: Vec<Instant>", coalesce(b.ends, '{}') AS "ends!: Vec<Instant>"
           FROM offerings o JOIN celebrities c ON c.id = o.celebrity_id
           LEFT JOIN LATERAL (SELECT array_agg(lower(span)) AS begins, array_agg(upper(span)) AS ends FROM (
               SELECT span FROM allocations
                 WHERE celebrity_id = c.id AND span && tstzrange($4, $5) AND (kind <> 'hold' OR expires_at > $6)
               UNION ALL SELECT span FROM outside_busy WHERE celebrity_id = c.id AND span && tstzrange($4, $5)) AS taken) AS b ON true
           WHERE o.id = $1 AND o.is_active AND c.status = 'published'"#,
        offering_id.0,
        from - Days::new(REACH_DAYS),
        to + Days::new(REACH_DAYS),
        reach_from,
        reach_to,
        now
    );
    row.fetch_optional(connection).await?.ok_or(OverviewError::OfferingNotFound)?.try_into()
}

impl TryFrom<BoardRow> for Board {
    type Error = OverviewError;

    fn try_from(row: BoardRow) -> Result<Self, OverviewError> {
        let minutes = |value: i32| u16::try_from(value).unwrap_or(0);
        let weekly = row
            .weekly
            .0
            .into_iter()
            .map(|(weekday, opens, closes)| WeeklyHours { weekday, range: (opens, closes).into() });
        let zone = row.time_zone.parse().map_err(|_| OverviewError::UnknownZone)?;
        Ok(Self {
            celebrity_id: row.celebrity_id,
            rules: OpeningHours { zone, weekly: weekly.collect(), exceptions: row.exceptions.0.into_iter().collect() },
            busy: row.begins.into_iter().zip(row.ends).map(|(begin, end)| Span::new(begin, end)).collect(),
            slot_rules: row.duration_minutes.map(|duration| SlotRules {
                duration_minutes: minutes(duration),
                buffer_before_minutes: minutes(row.buffer_before_minutes),
                buffer_after_minutes: minutes(row.buffer_after_minutes),
                step_minutes: minutes(row.step_minutes),
                lead_time_minutes: u32::try_from(row.lead_time_minutes).unwrap_or(0),
                horizon_days: minutes(row.horizon_days),
            }),
        })
    }
}

/// The days whose exceptions can affect the requested days.
pub(crate) fn reach_days(from: NaiveDate, to: NaiveDate) -> (NaiveDate, NaiveDate) {
    (from - Days::new(REACH_DAYS), to + Days::new(REACH_DAYS))
}

/// The instants between which allocations can affect the requested days.
pub(crate) fn reach(from: NaiveDate, to: NaiveDate) -> (Instant, Instant) {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    (midnight(from - Days::new(REACH_DAYS)), midnight(to + Days::new(REACH_DAYS)))
}

/// Merges consecutive days into ranges.
fn ranges_of(days: &BTreeSet<NaiveDate>) -> Vec<(NaiveDate, NaiveDate)> {
    let mut ranges: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for &day in days {
        match ranges.last_mut() {
            Some((_, end)) if *end == day => *end = day + Days::new(1),
            _ => ranges.push((day, day + Days::new(1))),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_each_other_join() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 12, number).unwrap();
        let days = [1, 2, 3, 7, 9, 10].map(day).into_iter().collect();
        assert_eq!(ranges_of(&days), [(day(1), day(4)), (day(7), day(8)), (day(9), day(11))]);
    }
}
