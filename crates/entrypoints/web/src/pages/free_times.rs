//! Reads a month of free times for a page.

use catalog::Offering;
use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::Answer;
use kernel::{Dated, OfferingId};
use overviews::availability;
use serde::Deserialize;
use site::links;

use crate::kit::format;
use crate::views::MonthView;
use crate::views::month::{self, MonthAsked, MonthLinks};

/// The requested month and day; invalid values are ignored.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct MonthParams {
    pub month: Option<String>,
    pub day: Option<String>,
}

impl MonthParams {
    fn day(&self) -> Option<NaiveDate> {
        self.day.as_deref()?.parse().ok().map(Dated::get)
    }

    fn month(&self) -> Option<NaiveDate> {
        self.month.as_deref().and_then(month::parse_month).or_else(|| self.day())
    }
}

/// The requested month, or the first one with a free time. `base` is the page's address up to and including `?` or `&`.
pub(crate) async fn read(
    connection: &mut Connection,
    offering: &Offering,
    theirs: Tz,
    yours: Option<Tz>,
    turned: &MonthParams,
    base: &str,
    now: DateTime<Utc>,
) -> Answer<MonthView> {
    let today = now.with_timezone(&theirs).date_naive();
    let first_free =
        availability::nearest(connection, offering.id, now, 1, now).await?.first().map(|slot| slot.local.date());
    let mut asked = turned.month().unwrap_or_else(|| first_free.unwrap_or(today)).max(month::first_of(today));
    let (mut from, mut to) = (month::first_of(asked), month::last_of(asked));
    let mut found = availability::slots(connection, offering.id, from, to, now).await?;
    if from > found.horizon {
        // A month that is too far ahead: the last month that can be booked is shown instead.
        asked = found.horizon;
        (from, to) = (month::first_of(asked), month::last_of(asked));
        found = availability::slots(connection, offering.id, from, to, now).await?;
    }
    let nearest = if found.slots.is_empty() {
        let after = to.and_time(chrono::NaiveTime::MIN).and_utc();
        availability::nearest(connection, offering.id, after, 1, now).await?.first().map(|slot| slot.starts_at)
    } else {
        None
    };
    let free: Vec<DateTime<Utc>> = found.slots.iter().map(|slot| slot.starts_at).collect();
    let month = MonthAsked {
        month: asked,
        day: turned.day(),
        today,
        horizon: found.horizon,
        theirs,
        yours,
        free: &free,
        nearest,
    };
    let links = MonthLinks { turn: &|query| format!("{base}{query}"), time: &|at| brief_link(offering.id, at) };
    Ok(month::lay_out(&month, &links))
}

/// The second step of booking, with the time that was picked.
pub(crate) fn brief_link(offering: OfferingId, at: DateTime<Utc>) -> String {
    format!("{}/brief?starts_at={}", links::book(offering), instant(at))
}

/// An instant for an address: `2026-12-12T20:00:00Z`.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A wall time as a form sends it: `2026-12-12T20:00`.
pub(crate) const WALL_TIME: &str = "%Y-%m-%dT%H:%M";

/// The result of parsing a wall time in the celebrity's zone.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum WallTime {
    One(DateTime<Utc>),
    /// Why it is not one time, and the times it may stand for.
    Unclear {
        problem: String,
        choices: Vec<DateTime<Utc>>,
    },
}

/// Reads a wall time on the clocks of `zone`.
pub(crate) fn wall_time(text: &str, zone: Tz) -> WallTime {
    let city = format::city_of(zone);
    let unclear = |problem: String, choices| WallTime::Unclear { problem, choices };
    let Some(local) = NaiveDateTime::parse_from_str(text, WALL_TIME).ok().and_then(Dated::new).map(Dated::get) else {
        return unclear("Choose a day and a time.".to_owned(), Vec::new());
    };
    let said = local.format("%a %-d %B, %H:%M");
    match calendar::resolve_local(local, zone) {
        Ok(at) => WallTime::One(at),
        Err(calendar::LocalFault::NonExistent) => unclear(
            format!("In {city} the clocks jump over {said}: that time does not exist. Choose another."),
            Vec::new(),
        ),
        Err(calendar::LocalFault::Ambiguous { first, second }) => unclear(
            format!("In {city} the clocks are set back that night, so {said} comes twice. Which one do you mean?"),
            vec![first, second],
        ),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe::Lisbon;

    use super::*;

    #[test]
    fn a_skipped_hour_is_explained_and_a_doubled_one_asked_about() {
        let WallTime::Unclear { problem, choices } = wall_time("2027-03-28T01:30", Lisbon) else {
            panic!("it is skipped")
        };
        assert!(problem.contains("does not exist") && choices.is_empty(), "{problem}");
        let WallTime::Unclear { problem, choices } = wall_time("2027-10-31T01:30", Lisbon) else {
            panic!("it comes twice")
        };
        assert!(problem.contains("comes twice"), "{problem}");
        assert_eq!(choices[1] - choices[0], chrono::TimeDelta::hours(1));
    }

    #[test]
    fn an_ordinary_time_is_one_instant() {
        assert_eq!(
            wall_time("2026-12-12T20:00", Lisbon),
            WallTime::One(Utc.with_ymd_and_hms(2026, 12, 12, 20, 0, 0).unwrap())
        );
        assert!(matches!(wall_time("2026-13-12T20:00", Lisbon), WallTime::Unclear { .. }));
    }
}
