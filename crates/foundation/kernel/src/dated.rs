//! Dates that come from outside, within years that zones, calendars and the database can compute with.

use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::Datelike;
use serde::{Deserialize, Deserializer, de};

/// Near the last year that can be represented, a shift to another zone or by a day would overflow.
const YEARS: RangeInclusive<i32> = 2000..=2200;

/// A day or a moment from a parameter, a body, a form or a cursor. Whatever reads one from outside uses this type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dated<Date>(Date);

/// Why a text is not a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDate<Fault> {
    #[error("choose a day between the years 2000 and 2200")]
    OutOfYears,
    #[error(transparent)]
    Unreadable(Fault),
}

impl<Date: Datelike> Dated<Date> {
    /// `date`, if its year is one that can be booked or looked back at.
    pub fn new(date: Date) -> Option<Self> {
        YEARS.contains(&date.year()).then_some(Self(date))
    }

    /// The date itself.
    pub fn get(self) -> Date {
        self.0
    }
}

impl<Date: Datelike + FromStr> FromStr for Dated<Date> {
    type Err = BadDate<Date::Err>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text.parse().map_err(BadDate::Unreadable)?).ok_or(BadDate::OutOfYears)
    }
}

impl<'de, Date: Datelike + Deserialize<'de>> Deserialize<'de> for Dated<Date> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let date = Date::deserialize(deserializer)?;
        Self::new(date).ok_or_else(|| de::Error::custom(BadDate::<std::convert::Infallible>::OutOfYears))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::Instant;

    #[test]
    fn dates_far_away_are_refused_by_every_way_in() {
        for text in
            ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2201-01-01T00:00:00Z"]
        {
            assert!(text.parse::<Dated<Instant>>().is_err(), "{text}");
            assert!(serde_json::from_value::<Dated<Instant>>(text.into()).is_err(), "{text}");
        }
        assert_eq!("+262142-12-31".parse::<Dated<NaiveDate>>(), Err(BadDate::OutOfYears));
        let day: Dated<NaiveDate> = serde_json::from_value("2026-12-24".into()).unwrap();
        assert_eq!(day.get().to_string(), "2026-12-24");
        assert!("2200-12-31T23:59:59Z".parse::<Dated<Instant>>().is_ok());
    }
}
