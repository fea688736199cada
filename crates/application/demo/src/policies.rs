//! The cancellation policies as the schema seeds them, to freeze into bookings and to compute what came back.

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
    /// What a customer who cancels at `at` gets back, in percent of the price, by the rule of bookings.
    pub fn refund_percent(&self, confirmed: Instant, starts: Option<Instant>, at: Instant) -> i64 {
        self.terms().percent(starts, Some(confirmed), at)
    }

    /// As a booking keeps it.
    pub fn frozen(&self) -> String {
        serde_json::to_string(&self.terms()).expect("a policy is plain data")
    }

    fn terms(&self) -> bookings::Policy {
        let tier = |&(hours_before, refund_percent): &(i64, i64)| bookings::Tier { hours_before, refund_percent };
        bookings::Policy {
            key: self.key.to_owned(),
            name: self.name.to_owned(),
            tiers: self.tiers.iter().map(tier).collect(),
            grace_hours: GRACE_HOURS,
        }
    }
}
