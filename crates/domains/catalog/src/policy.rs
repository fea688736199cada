//! Cancellation policies are data: cut-offs and percents, frozen into each booking.

use chrono::TimeDelta;
use kernel::Instant;
use serde::{Deserialize, Serialize};

/// A booking may be undone in full for a while after it is confirmed, if it starts at least this much later.
const GRACE_NOTICE: TimeDelta = TimeDelta::days(7);

/// Until so many hours before the start, so many percent of the price come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tier {
    pub hours_before: u32,
    pub refund_percent: u8,
}

/// What a customer gets back, by when they cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CancellationPolicy {
    pub key: String,
    pub name: String,
    /// Longest notice first; after the last cut-off nothing comes back.
    pub tiers: Vec<Tier>,
    /// Hours after confirming in which everything comes back, if the start is at least seven days away then.
    pub grace_hours: u32,
}

impl CancellationPolicy {
    /// Percent of the price that come back to a customer who cancels at `now`.
    ///
    /// Nothing is owed before a booking is confirmed, so all comes back then. Without a start (a video, an endorsement)
    /// only the grace counts.
    pub fn refund_percent(&self, starts_at: Option<Instant>, now: Instant, confirmed_at: Option<Instant>) -> u8 {
        let Some(confirmed_at) = confirmed_at else { return 100 };
        let is_far = starts_at.is_none_or(|starts_at| starts_at - confirmed_at >= GRACE_NOTICE);
        if is_far && now < confirmed_at + TimeDelta::hours(self.grace_hours.into()) {
            return 100;
        }
        let Some(starts_at) = starts_at else { return 0 };
        let kept = |tier: &&Tier| now <= starts_at - TimeDelta::hours(tier.hours_before.into());
        self.tiers.iter().find(kept).map_or(0, |tier| tier.refund_percent)
    }

    /// The policy in one sentence: `Free cancellation until 5 days before, then no refund.`
    pub fn summary(&self) -> String {
        let mut parts: Vec<String> = self
            .tiers
            .iter()
            .map(|tier| {
                let until = notice(tier.hours_before);
                match tier.refund_percent {
                    100 => format!("free cancellation until {until} before"),
                    percent => format!("{percent}% back until {until} before"),
                }
            })
            .collect();
        if parts.is_empty() {
            return match self.grace_hours {
                0 => "No refund after booking.".to_owned(),
                hours => format!("Free cancellation for {} after booking, then no refund.", notice(hours)),
            };
        }
        parts.push("then no refund".to_owned());
        let sentence = parts.join(", ");
        let (first, rest) = sentence.split_at(1);
        format!("{}{rest}.", first.to_uppercase())
    }
}

/// `24 hours`, `5 days`.
fn notice(hours: u32) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        hours if hours > 24 && hours.is_multiple_of(24) => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(tiers: &[(u32, u8)]) -> CancellationPolicy {
        let tiers = tiers.iter().map(|&(hours_before, refund_percent)| Tier { hours_before, refund_percent }).collect();
        CancellationPolicy { key: "test".into(), name: "Test".into(), tiers, grace_hours: 24 }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_summary_is_one_sentence() {
        assert_eq!(policy(&[(120, 100)]).summary(), "Free cancellation until 5 days before, then no refund.");
        let limited = policy(&[(336, 100), (168, 50)]).summary();
        assert_eq!(limited, "Free cancellation until 14 days before, 50% back until 7 days before, then no refund.");
        assert_eq!(policy(&[]).summary(), "Free cancellation for 24 hours after booking, then no refund.");
    }

    #[test]
    fn each_cut_off_counts_to_the_second() {
        let (start, confirmed) = (Some(at("2026-12-20T20:00:00Z")), Some(at("2026-11-01T00:00:00Z")));
        let policy = policy(&[(336, 100), (168, 50)]);
        let percent = |now: &str| policy.refund_percent(start, at(now), confirmed);
        assert_eq!(percent("2026-12-06T20:00:00Z"), 100);
        assert_eq!(percent("2026-12-06T20:00:01Z"), 50);
        assert_eq!(percent("2026-12-13T20:00:00Z"), 50);
        assert_eq!(percent("2026-12-13T20:00:01Z"), 0);
    }

    #[test]
    fn grace_needs_a_start_seven_days_away() {
        let confirmed = at("2026-12-01T00:00:00Z");
        let strict = policy(&[]);
        let percent = |start: &str, now: &str| strict.refund_percent(Some(at(start)), at(now), Some(confirmed));
        assert_eq!(percent("2026-12-08T00:00:00Z", "2026-12-01T23:59:59Z"), 100);
        assert_eq!(percent("2026-12-08T00:00:00Z", "2026-12-02T00:00:00Z"), 0);
        assert_eq!(percent("2026-12-07T23:59:59Z", "2026-12-01T01:00:00Z"), 0);
        assert_eq!(strict.refund_percent(None, at("2026-12-01T05:00:00Z"), Some(confirmed)), 100);
        assert_eq!(strict.refund_percent(None, at("2026-12-03T00:00:00Z"), None), 100);
    }
}
