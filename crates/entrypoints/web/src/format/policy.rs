//! Cancellation policies in words, from their cut-offs.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// A cut-off: this many hours before the start, so much is still paid back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tier {
    pub hours_before: i64,
    pub refund_percent: i64,
}

/// `Free cancellation until 5 days before, then nothing is paid back.` The longest cut-off comes first.
pub(crate) fn in_general(tiers: &[Tier]) -> String {
    if tiers.is_empty() {
        return "Nothing is paid back once it is confirmed, unless it is not delivered.".to_owned();
    }
    sentence(tiers, |tier| format!("{} before", distance(tier.hours_before)))
}

/// `Free cancellation until Mon 7 December, 20:00 in Lisbon, then nothing is paid back.` Cut-offs that have passed are left out.
pub(crate) fn dated(tiers: &[Tier], starts_at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let cut_off = |tier: &Tier| starts_at - TimeDelta::hours(tier.hours_before);
    let ahead: Vec<Tier> = tiers.iter().copied().filter(|tier| cut_off(tier) > now).collect();
    if ahead.is_empty() {
        return "It is too close to the day to be paid back.".to_owned();
    }
    sentence(&ahead, |tier| cut_off(tier).with_timezone(&zone).format("%a %-d %B, %H:%M").to_string())
}

fn sentence(tiers: &[Tier], until: impl Fn(&Tier) -> String) -> String {
    let parts = tiers.iter().enumerate().map(|(index, tier)| match (index, tier.refund_percent) {
        (0, 100) => format!("Free cancellation until {}", until(tier)),
        (0, percent) => format!("{percent} % back until {}", until(tier)),
        (_, percent) => format!("{percent} % until {}", until(tier)),
    });
    format!("{}, then nothing is paid back.", parts.collect::<Vec<_>>().join(", then "))
}

fn distance(hours: i64) -> String {
    match hours {
        hours if hours % 24 == 0 && hours > 24 => format!("{} days", hours / 24),
        1 => "1 hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe;

    use super::*;

    const LIMITED: [Tier; 2] =
        [Tier { hours_before: 336, refund_percent: 100 }, Tier { hours_before: 168, refund_percent: 50 }];

    #[test]
    fn policies_read_as_sentences() {
        assert_eq!(
            in_general(&LIMITED),
            "Free cancellation until 14 days before, then 50 % until 7 days before, then nothing is paid back."
        );
        assert_eq!(
            in_general(&[Tier { hours_before: 24, refund_percent: 100 }]),
            "Free cancellation until 24 hours before, then nothing is paid back."
        );
        assert_eq!(in_general(&[]), "Nothing is paid back once it is confirmed, unless it is not delivered.");
    }

    #[test]
    fn passed_cut_offs_are_left_out() {
        let starts_at = Utc.with_ymd_and_hms(2026, 12, 20, 20, 0, 0).unwrap();
        let now = Utc.with_ymd_and_hms(2026, 12, 10, 0, 0, 0).unwrap();
        assert_eq!(
            dated(&LIMITED, starts_at, now, Europe::Lisbon),
            "50 % back until Sun 13 December, 20:00, then nothing is paid back."
        );
        assert_eq!(
            dated(&LIMITED, starts_at, starts_at, Europe::Lisbon),
            "It is too close to the day to be paid back."
        );
    }
}
