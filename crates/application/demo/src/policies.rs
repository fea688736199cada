//! The cancellation policies as the schema seeds them, to freeze into bookings and to compute what came back.

use chrono::TimeDelta;
use kernel::Instant;

/// A cancellation policy.
#[derive(Debug)]
pub struct Policy {
    pub key: &'static str,
    pub name: &'static str,
    /// Hours before the start, and the percentage that comes back until then; longest first.
    pub tiers: &'static [(i64, i64)],
}

/// A confirmed booking may be undone in full for this long, when it starts at least seven days later.
pub const GRACE_HOURS: i64 = 24;

pub const POLICIES: [Policy; 6] = [
    Policy { key: "flexible", name: "Flexible", tiers: &[(24, 100)] },
    Policy { key: "moderate", name: "Moderate", tiers: &[(120, 100)] },
    Policy { key: "limited", name: "Limited", tiers: &[(336, 100), (168, 50)] },
    Policy { key: "firm", name: "Firm", tiers: &[(720, 100), (168, 50)] },
    Policy { key: "headline", name: "Headline", tiers: &[(2_160, 50), (720, 25)] },
    Policy { key: "video", name: "Video", tiers: &[] },
];

/// The policy called `key`.
pub fn policy(key: &str) -> &'static Policy {
    POLICIES.iter().find(|policy| policy.key == key).expect("offers name policies that exist")
}

impl Policy {
    /// What a customer who cancels at `at` gets back, in percent of the price.
    pub fn refund_percent(&self, confirmed: Instant, starts: Option<Instant>, at: Instant) -> i64 {
        let in_grace = at - confirmed < TimeDelta::hours(GRACE_HOURS);
        let Some(starts) = starts else {
            return if in_grace { 100 } else { 0 };
        };
        if in_grace && starts - confirmed >= TimeDelta::days(7) {
            return 100;
        }
        let before = starts - at;
        self.tiers.iter().find(|(hours, _)| before >= TimeDelta::hours(*hours)).map_or(0, |(_, percent)| *percent)
    }

    /// As a booking keeps it.
    pub fn frozen(&self) -> String {
        let tiers: Vec<serde_json::Value> = self
            .tiers
            .iter()
            .map(|(hours, percent)| serde_json::json!({ "hours_before": hours, "refund_percent": percent }))
            .collect();
        serde_json::json!({ "key": self.key, "name": self.name, "tiers": tiers, "grace_hours": GRACE_HOURS })
            .to_string()
    }
}
