//! The cancellation policy of one booking in words, with its dates.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use kernel::{CancellationPolicy, RefundTier};

use super::city_of;

/// `Free cancellation until Mon 7 December, 20:00 in Lisbon, then nothing is paid back.` Cut-offs that have passed are left
/// out, and so are those within the hours of grace. Without `confirmed_at` it is what holds when it is paid `now`.
pub(crate) fn dated(
    policy: &CancellationPolicy,
    starts_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    zone: Tz,
) -> String {
    let cut_off = |tier: &RefundTier| starts_at - TimeDelta::hours(tier.hours_before);
    let grace = policy.grace_ends(Some(starts_at), confirmed_at.unwrap_or(now)).filter(|ends| *ends > now);
    let from = grace.unwrap_or(now);
    let ahead: Vec<&RefundTier> = policy.tiers.iter().filter(|tier| cut_off(tier) > from).collect();
    let is_free_anyway = ahead.first().is_some_and(|tier| tier.refund_percent == 100);
    let mut parts: Vec<String> = Vec::new();
    match (grace.filter(|_| !is_free_anyway), confirmed_at) {
        (Some(_), None) => parts.push(format!("Free cancellation for {} hours after you pay", policy.grace_hours)),
        (Some(ends), Some(_)) => parts.push(free_until(ends, zone)),
        (None, _) => {}
    }
    for tier in ahead {
        let at = cut_off(tier);
        parts.push(match (parts.is_empty(), tier.refund_percent) {
            (true, 100) => free_until(at, zone),
            (true, percent) => format!("{percent} % back until {} in {}", moment(at, zone), city_of(zone)),
            (false, percent) => format!("{percent} % until {} in {}", moment(at, zone), city_of(zone)),
        });
    }
    if parts.is_empty() {
        return "This close to the day, nothing is paid back if you cancel.".to_owned();
    }
    format!("{}, then nothing is paid back.", parts.join(", then "))
}

/// When cancelling begins to cost more, and what is paid back from then on; only what is still to come.
pub(crate) fn cut_offs(
    policy: &CancellationPolicy,
    starts_at: DateTime<Utc>,
    confirmed_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<(DateTime<Utc>, String)> {
    let tier = |tier: &RefundTier| (starts_at - TimeDelta::hours(tier.hours_before), tier.refund_percent);
    let mut steps: Vec<(DateTime<Utc>, i64)> = policy.tiers.iter().map(tier).collect();
    let grace = confirmed_at.and_then(|confirmed| policy.grace_ends(Some(starts_at), confirmed));
    if let Some(ends) = grace.filter(|ends| !steps.iter().any(|(at, percent)| *percent == 100 && at > ends)) {
        // A cut-off within the hours of grace changes nothing: until they end everything comes back.
        steps.retain(|(at, _)| *at > ends);
        steps.insert(0, (ends, 100));
    }
    let then = |index: usize| match steps.get(index + 1) {
        Some((_, percent)) => format!("{percent} %"),
        None => "nothing".to_owned(),
    };
    let words = |(index, (at, percent)): (usize, &(DateTime<Utc>, i64))| match percent {
        100 => (*at, format!("Free cancellation ends, then {} is paid back", then(index))),
        _ => (*at, format!("{percent} % back ends, then {} is paid back", then(index))),
    };
    steps.iter().enumerate().map(words).filter(|(at, _)| *at > now).collect()
}

fn free_until(at: DateTime<Utc>, zone: Tz) -> String {
    format!("Free cancellation until {} in {}", moment(at, zone), city_of(zone))
}

fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%a %-d %B, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;
    use chrono_tz::Europe;

    use super::*;

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 12, day, hour, 0, 0).unwrap()
    }

    fn limited() -> CancellationPolicy {
        let tier = |hours_before, refund_percent| RefundTier { hours_before, refund_percent };
        CancellationPolicy {
            key: "limited".to_owned(),
            name: "Limited".to_owned(),
            tiers: vec![tier(336, 100), tier(168, 50)],
            grace_hours: 24,
        }
    }

    #[test]
    fn passed_cut_offs_are_left_out() {
        let words = |now| dated(&limited(), at(20, 20), Some(at(1, 0)), now, Europe::Lisbon);
        assert_eq!(words(at(10, 0)), "50 % back until Sun 13 December, 20:00 in Lisbon, then nothing is paid back.");
        assert_eq!(words(at(20, 20)), "This close to the day, nothing is paid back if you cancel.");
    }

    #[test]
    fn a_fresh_confirmation_is_free_to_cancel_when_the_day_is_far() {
        let words = |confirmed| dated(&limited(), at(20, 20), confirmed, at(10, 0), Europe::Lisbon);
        assert_eq!(
            words(None),
            "Free cancellation for 24 hours after you pay, then 50 % until Sun 13 December, 20:00 in Lisbon, then nothing is paid back."
        );
        assert!(
            words(Some(at(9, 12))).starts_with("Free cancellation until Thu 10 December, 12:00 in Lisbon, then 50 %")
        );
    }

    #[test]
    fn grace_says_nothing_where_all_is_free_anyway() {
        let words = dated(&limited(), at(30, 20), None, at(1, 0), Europe::Lisbon);
        assert!(words.starts_with("Free cancellation until Wed 16 December, 20:00 in Lisbon, then 50 %"), "{words}");
    }

    #[test]
    fn cut_offs_begin_with_the_grace_when_it_outlasts_what_was_free() {
        let fresh = cut_offs(&limited(), at(20, 20), Some(at(10, 0)), at(10, 1));
        let half = (at(13, 20), "50 % back ends, then nothing is paid back".to_owned());
        assert_eq!(fresh, [(at(11, 0), "Free cancellation ends, then 50 % is paid back".to_owned()), half.clone()]);
        assert_eq!(cut_offs(&limited(), at(20, 20), Some(at(10, 0)), at(12, 0)), [half]);
        let early = cut_offs(&limited(), at(30, 20), Some(at(1, 0)), at(1, 1));
        assert_eq!(early[0], (at(16, 20), "Free cancellation ends, then 50 % is paid back".to_owned()));
    }
}
