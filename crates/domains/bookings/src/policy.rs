//! What comes back when a booking is called off: a list of cut-offs, frozen into the booking.

use chrono::TimeDelta;
use kernel::{Instant, Money};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Booking, CancelledBy};

/// Grace counts only for what was confirmed at least this long before its start.
const GRACE_DAYS_AHEAD: i64 = 7;

/// A cancellation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policy {
    pub key: String,
    pub name: String,
    /// Longest notice first; after the last one nothing of the price comes back.
    pub tiers: Vec<Tier>,
    /// Hours after confirmation in which everything comes back, when that was at least a week before the start.
    pub grace_hours: i64,
}

/// With so much notice, so much of the price comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tier {
    pub hours_before: i64,
    pub refund_percent: i64,
}

/// What a cancellation would pay back, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refund {
    /// Percent of the price.
    pub percent: i64,
    pub price: Money,
    pub service_fee: Money,
    pub tax: Money,
    pub total: Money,
}

impl Policy {
    /// Percent of the price that comes back when the customer cancels at `now`.
    pub fn percent(&self, starts_at: Option<Instant>, confirmed_at: Option<Instant>, now: Instant) -> i64 {
        if confirmed_at.and_then(|confirmed| self.grace_ends(starts_at, confirmed)).is_some_and(|ends| now < ends) {
            return 100;
        }
        let Some(starts_at) = starts_at else { return 0 };
        let tier = self.tiers.iter().find(|tier| starts_at - now >= TimeDelta::hours(tier.hours_before));
        tier.map_or(0, |tier| tier.refund_percent)
    }

    /// Until when everything comes back because the confirmation is fresh; none when it came too late for that.
    pub fn grace_ends(&self, starts_at: Option<Instant>, confirmed_at: Instant) -> Option<Instant> {
        let far_ahead = starts_at.is_none_or(|starts| starts - confirmed_at >= TimeDelta::days(GRACE_DAYS_AHEAD));
        (far_ahead && self.grace_hours > 0).then(|| confirmed_at + TimeDelta::hours(self.grace_hours))
    }
}

impl Booking {
    /// What is paid back when `by` calls the booking off at `now`. Whoever lets the customer down returns everything.
    pub fn refund(&self, by: CancelledBy, now: Instant) -> Refund {
        let starts_at = self.terms.time.map(|time| time.starts_at);
        let percent = if by == CancelledBy::Customer {
            self.terms.policy.percent(starts_at, self.confirmed_at, now)
        } else {
            100
        };
        let price = self.terms.price.percent(percent);
        let tax = self.terms.tax.percent(percent);
        // The fee pays for work that was done, unless nothing came of it at all.
        let service_fee = if percent == 100 { self.terms.service_fee } else { Money::new(0, price.currency) };
        let total = Money::new(price.amount_minor + service_fee.amount_minor + tax.amount_minor, price.currency);
        Refund { percent, price, service_fee, tax, total }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited() -> Policy {
        let tiers =
            vec![Tier { hours_before: 336, refund_percent: 100 }, Tier { hours_before: 168, refund_percent: 50 }];
        Policy { key: "limited".into(), name: "Limited".into(), tiers, grace_hours: 24 }
    }

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_percent_falls_at_each_cut_off_and_not_before() {
        let starts = Some(at("2026-12-31T20:00:00Z"));
        let confirmed = Some(at("2026-11-01T00:00:00Z"));
        let percent = |now: &str| limited().percent(starts, confirmed, at(now));
        assert_eq!(percent("2026-12-17T20:00:00Z"), 100);
        assert_eq!(percent("2026-12-17T20:00:01Z"), 50);
        assert_eq!(percent("2026-12-24T20:00:00Z"), 50);
        assert_eq!(percent("2026-12-24T20:00:01Z"), 0);
    }

    #[test]
    fn a_day_of_grace_for_what_was_confirmed_a_week_before() {
        let confirmed = Some(at("2026-12-20T12:00:00Z"));
        let percent = |starts: &str, now: &str| limited().percent(Some(at(starts)), confirmed, at(now));
        assert_eq!(percent("2026-12-27T12:00:00Z", "2026-12-21T11:59:59Z"), 100);
        assert_eq!(percent("2026-12-27T12:00:00Z", "2026-12-21T12:00:00Z"), 0);
        assert_eq!(percent("2026-12-27T11:59:59Z", "2026-12-20T13:00:00Z"), 0);
        assert_eq!(limited().percent(None, confirmed, at("2026-12-21T11:59:59Z")), 100);
        assert_eq!(limited().percent(None, confirmed, at("2026-12-21T12:00:00Z")), 0);
    }
}
