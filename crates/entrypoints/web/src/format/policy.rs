//! The cancellation policy of one booking in words, with its dates.

use catalog::Tier;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::city_of;

/// `Free cancellation until Mon 7 December, 20:00 in Lisbon, then nothing is paid back.` Cut-offs that have passed are left out.
pub(crate) fn dated(tiers: &[Tier], starts_at: DateTime<Utc>, now: DateTime<Utc>, zone: Tz) -> String {
    let cut_off = |tier: &Tier| starts_at - TimeDelta::hours(tier.hours_before.into());
    let ahead: Vec<Tier> = tiers.iter().copied().filter(|tier| cut_off(tier) > now).collect();
    if ahead.is_empty() {
        return "It is too close to the day to be paid back.".to_owned();
    }
    sentence(&ahead, &city_of(zone), |tier| cut_off(tier).with_timezone(&zone).format("%a %-d %B, %H:%M").to_string())
}

fn sentence(tiers: &[Tier], city: &str, until: impl Fn(&Tier) -> String) -> String {
    let parts = tiers.iter().enumerate().map(|(index, tier)| match (index, tier.refund_percent) {
        (0, 100) => format!("Free cancellation until {} in {city}", until(tier)),
        (0, percent) => format!("{percent} % back until {} in {city}", until(tier)),
        (_, percent) => format!("{percent} % until {}", until(tier)),
    });
    format!("{}, then nothing is paid back.", parts.collect::<Vec<_>>().join(", then "))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe;

    use super::*;

    const LIMITED: [Tier; 2] =
        [Tier { hours_before: 336, refund_percent: 100 }, Tier { hours_before: 168, refund_percent: 50 }];

    #[test]
    fn passed_cut_offs_are_left_out() {
        let starts_at = Utc.with_ymd_and_hms(2026, 12, 20, 20, 0, 0).unwrap();
        let now = Utc.with_ymd_and_hms(2026, 12, 10, 0, 0, 0).unwrap();
        assert_eq!(
            dated(&LIMITED, starts_at, now, Europe::Lisbon),
            "50 % back until Sun 13 December, 20:00 in Lisbon, then nothing is paid back."
        );
        assert_eq!(
            dated(&LIMITED, starts_at, starts_at, Europe::Lisbon),
            "It is too close to the day to be paid back."
        );
    }
}
