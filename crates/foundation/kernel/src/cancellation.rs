//! Cancellation policies: the refund by notice given. The catalog keeps policies; each booking stores a copy of one.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Instant;

/// The grace period applies only if the booking was confirmed at least this long before its start.
const GRACE_DAYS_AHEAD: i64 = 7;

/// A cancellation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancellationPolicy {
    pub key: String,
    pub name: String,
    /// Longest notice first; after the last cut-off nothing of the price is refunded.
    pub tiers: Vec<RefundTier>,
    /// Hours after confirmation with a full refund, if the start was at least a week away at confirmation.
    pub grace_hours: i64,
}

/// Until this many hours before the start, this percentage of the price is refunded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefundTier {
    pub hours_before: i64,
    pub refund_percent: i64,
}

impl CancellationPolicy {
    /// The percentage of the price that is refunded if the customer cancels at `now`.
    pub fn refund_percent(&self, starts_at: Option<Instant>, confirmed_at: Option<Instant>, now: Instant) -> i64 {
        if confirmed_at.and_then(|confirmed| self.grace_ends(starts_at, confirmed)).is_some_and(|ends| now < ends) {
            return 100;
        }
        let Some(starts_at) = starts_at else { return 0 };
        let tier = self.tiers.iter().find(|tier| starts_at - now >= TimeDelta::hours(tier.hours_before));
        tier.map_or(0, |tier| tier.refund_percent)
    }

    /// The end of the grace period; `None` if the booking was confirmed too late for one.
    pub fn grace_ends(&self, starts_at: Option<Instant>, confirmed_at: Instant) -> Option<Instant> {
        let far_ahead = starts_at.is_none_or(|starts| starts - confirmed_at >= TimeDelta::days(GRACE_DAYS_AHEAD));
        (far_ahead && self.grace_hours > 0).then(|| confirmed_at + TimeDelta::hours(self.grace_hours))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited() -> CancellationPolicy {
        let tier = |hours_before, refund_percent| RefundTier { hours_before, refund_percent };
        let tiers = vec![tier(336, 100), tier(168, 50)];
        CancellationPolicy { key: "limited".into(), name: "Limited".into(), tiers, grace_hours: 24 }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_percent_falls_at_each_cut_off_and_not_before() {
        let starts = Some(at("2026-12-31T20:00:00Z"));
        let confirmed = Some(at("2026-11-01T00:00:00Z"));
        let percent = |now: &str| limited().refund_percent(starts, confirmed, at(now));
        assert_eq!(percent("2026-12-17T20:00:00Z"), 100);
        assert_eq!(percent("2026-12-17T20:00:01Z"), 50);
        assert_eq!(percent("2026-12-24T20:00:00Z"), 50);
        assert_eq!(percent("2026-12-24T20:00:01Z"), 0);
    }

    #[test]
    fn a_day_of_grace_for_what_was_confirmed_a_week_before() {
        let confirmed = Some(at("2026-12-20T12:00:00Z"));
        let percent = |starts: &str, now: &str| limited().refund_percent(Some(at(starts)), confirmed, at(now));
        assert_eq!(percent("2026-12-27T12:00:00Z", "2026-12-21T11:59:59Z"), 100);
        assert_eq!(percent("2026-12-27T12:00:00Z", "2026-12-21T12:00:00Z"), 0);
        assert_eq!(percent("2026-12-27T11:59:59Z", "2026-12-20T13:00:00Z"), 0);
        assert_eq!(limited().refund_percent(None, confirmed, at("2026-12-21T11:59:59Z")), 100);
        assert_eq!(limited().refund_percent(None, confirmed, at("2026-12-21T12:00:00Z")), 0);
    }

    #[test]
    fn a_policy_without_grace_has_none() {
        let strict = CancellationPolicy { grace_hours: 0, ..limited() };
        assert_eq!(strict.grace_ends(None, at("2026-12-20T12:00:00Z")), None);
        assert_eq!(limited().grace_ends(None, at("2026-12-20T12:00:00Z")), Some(at("2026-12-21T12:00:00Z")));
    }
}
