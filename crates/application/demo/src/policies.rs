//! The cancellation policies as seeded by the schema, to store in bookings and to compute refunds.

use kernel::{CancellationPolicy, RefundTier};

/// How long a confirmed booking can be cancelled with a full refund, if it starts at least seven days later.
const GRACE_HOURS: i64 = 24;

/// Hours before the start, and the percentage refunded until then.
type DemoTier = (i64, i64);

/// Key, name, and tiers, longest first.
const POLICIES: [(&str, &str, &[DemoTier]); 6] = [
    ("flexible", "Flexible", &[(24, 100)]),
    ("moderate", "Moderate", &[(120, 100)]),
    ("limited", "Limited", &[(336, 100), (168, 50)]),
    ("firm", "Firm", &[(720, 100), (168, 50)]),
    ("headline", "Headline", &[(2_160, 50), (720, 25)]),
    ("video", "Video", &[]),
];

/// The policy called `key`.
pub fn policy(key: &str) -> CancellationPolicy {
    let (key, name, tiers) =
        POLICIES.iter().find(|(known, ..)| *known == key).expect("offers name policies that exist");
    let tier = |&(hours_before, refund_percent): &DemoTier| RefundTier { hours_before, refund_percent };
    CancellationPolicy {
        key: (*key).to_owned(),
        name: (*name).to_owned(),
        tiers: tiers.iter().map(tier).collect(),
        grace_hours: GRACE_HOURS,
    }
}

/// The policy as JSON, as bookings store it.
pub fn frozen(key: &str) -> String {
    serde_json::to_string(&policy(key)).expect("a policy is plain data")
}
