//! Times as people read them: a time is never shown without saying whose clock it is on.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;

/// `Sat 12 December 2026, 20:00–20:40 in Lisbon · 21:00 for you in Berlin`; one clock when both show the same.
pub(crate) fn both_clocks(starts_at: DateTime<Utc>, ends_at: DateTime<Utc>, theirs: Tz, yours: Tz) -> String {
    let (start, end) = (starts_at.with_timezone(&theirs), ends_at.with_timezone(&theirs));
    let ends = if start.date_naive() == end.date_naive() {
        end.format("%H:%M").to_string()
    } else {
        end.format("%a %H:%M").to_string()
    };
    // No line ends between the two times.
    let first = format!("{}–\u{2060}{ends} in {}", start.format("%a %-d %B %Y, %H:%M"), city_of(theirs));
    let here = starts_at.with_timezone(&yours);
    if here.naive_local() == start.naive_local() {
        return first;
    }
    let other_day = if here.date_naive() == start.date_naive() { "" } else { "%a " };
    format!("{first} · {} for you in {}", here.format(&format!("{other_day}%H:%M")), city_of(yours))
}

/// `23:30 in London`, with the day when it is another one; none when both clocks show the same.
pub(crate) fn over_there(at: DateTime<Utc>, theirs: Tz, yours: Tz) -> Option<String> {
    let (there, here) = (at.with_timezone(&theirs), at.with_timezone(&yours));
    let day = if there.date_naive() == here.date_naive() { "" } else { "%a %-d %b, " };
    let differs = there.naive_local() != here.naive_local();
    differs.then(|| format!("{} in {}", there.format(&format!("{day}%H:%M")), city_of(theirs)))
}

/// `until 14:32 in Berlin`, with the day when it is another one.
pub(crate) fn until(at: DateTime<Utc>, yours: Tz, now: DateTime<Utc>) -> String {
    let (here, today) = (at.with_timezone(&yours), now.with_timezone(&yours).date_naive());
    let on = if here.date_naive() == today { String::new() } else { format!("{}, ", day(here.date_naive())) };
    format!("until {on}{} in {}", clock(at, yours), city_of(yours))
}

/// `20:00`.
pub(crate) fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let at = at.with_timezone(&zone);
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `Sat 12 December`.
pub(crate) fn day(date: NaiveDate) -> String {
    date.format("%a %-d %B").to_string()
}

/// `12 Dec`, with the year when it is not `this_year`.
pub(crate) fn day_short(date: NaiveDate, this_year: i32) -> String {
    date.format(if date.year() == this_year { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

/// `12 December 2026`.
pub(crate) fn day_with_year(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// `December 2026`.
pub(crate) fn month_name(date: NaiveDate) -> String {
    date.format("%B %Y").to_string()
}

/// The place a zone is named after: `Europe/Lisbon` is Lisbon, `America/Argentina/Salta` is Salta.
pub(crate) fn city_of(zone: Tz) -> String {
    match zone.name().rsplit('/').next().unwrap_or("UTC") {
        // Browsers send old names of zones; people are shown today's names.
        "Asmera" => "Asmara".to_owned(),
        "Calcutta" => "Kolkata".to_owned(),
        "Coral_Harbour" => "Atikokan".to_owned(),
        "Faeroe" => "the Faroe Islands".to_owned(),
        "Godthab" => "Nuuk".to_owned(),
        "Katmandu" => "Kathmandu".to_owned(),
        "Kiev" => "Kyiv".to_owned(),
        "Ponape" => "Pohnpei".to_owned(),
        "Rangoon" => "Yangon".to_owned(),
        "Saigon" | "Ho_Chi_Minh" => "Ho Chi Minh City".to_owned(),
        "Truk" => "Chuuk".to_owned(),
        city => city.replace('_', " "),
    }
}

/// `in 12 minutes`, `3 days ago`, `just now`.
pub(crate) fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let distance = at - now;
    let ahead = distance > TimeDelta::zero();
    let minutes = distance.num_minutes().abs();
    let (count, unit) = match minutes {
        0 => return "just now".to_owned(),
        1..60 => (minutes, "minute"),
        60..2880 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    let words = format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    if ahead { format!("in {words}") } else { format!("{words} ago") }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::{America, Asia, Europe};

    use super::*;

    fn utc(hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 12, 12, hour, minute, 0).unwrap()
    }

    #[test]
    fn both_people_see_their_clock() {
        assert_eq!(
            both_clocks(utc(20, 0), utc(20, 40), Europe::Lisbon, Europe::Berlin),
            "Sat 12 December 2026, 20:00–\u{2060}20:40 in Lisbon · 21:00 for you in Berlin"
        );
    }

    #[test]
    fn a_place_is_called_as_it_is_called_now() {
        assert_eq!(city_of(Asia::Calcutta), "Kolkata");
        assert_eq!(city_of(Asia::Kolkata), "Kolkata");
        assert_eq!(city_of(America::Argentina::Buenos_Aires), "Buenos Aires");
    }

    #[test]
    fn one_clock_when_they_agree() {
        assert_eq!(
            both_clocks(utc(20, 0), utc(20, 40), Europe::Lisbon, Europe::London),
            "Sat 12 December 2026, 20:00–\u{2060}20:40 in Lisbon"
        );
    }

    #[test]
    fn another_day_is_named() {
        assert_eq!(
            both_clocks(utc(20, 0), utc(20, 40), Europe::Lisbon, Asia::Tokyo),
            "Sat 12 December 2026, 20:00–\u{2060}20:40 in Lisbon · Sun 05:00 for you in Tokyo"
        );
        let late = both_clocks(utc(23, 30), utc(23, 59) + TimeDelta::minutes(31), Europe::Lisbon, Europe::Lisbon);
        assert_eq!(late, "Sat 12 December 2026, 23:30–\u{2060}Sun 00:30 in Lisbon");
    }

    #[test]
    fn zones_are_named_by_city() {
        assert_eq!(city_of(America::New_York), "New York");
        assert_eq!(city_of(chrono_tz::UTC), "UTC");
    }

    #[test]
    fn distances_in_words() {
        let now = utc(12, 0);
        assert_eq!(relative(now + TimeDelta::minutes(12), now), "in 12 minutes");
        assert_eq!(relative(now - TimeDelta::hours(1), now), "1 hour ago");
        assert_eq!(relative(now, now), "just now");
        assert_eq!(relative(now + TimeDelta::days(3), now), "in 3 days");
    }

    #[test]
    fn a_deadline_names_its_day_when_that_is_another_one() {
        assert_eq!(until(utc(14, 29), Europe::Berlin, utc(14, 0)), "until 15:29 in Berlin");
        assert_eq!(until(utc(23, 10), Europe::Berlin, utc(22, 40)), "until Sun 13 December, 00:10 in Berlin");
    }

    #[test]
    fn the_other_clock_is_told_with_its_day_when_that_differs() {
        assert_eq!(over_there(utc(20, 0), Europe::London, Europe::Lisbon), None);
        assert_eq!(over_there(utc(20, 0), Europe::London, Europe::Berlin).as_deref(), Some("20:00 in London"));
        assert_eq!(over_there(utc(20, 0), Asia::Tokyo, Europe::Berlin).as_deref(), Some("Sun 13 Dec, 05:00 in Tokyo"));
    }
}
