//! Cancellation policies are data: cut-offs and percents, frozen into each booking, which computes the refund.

use serde::{Deserialize, Serialize};

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
    /// The policy in words: `Free cancellation until 5 days before, then no refund.`, and the hours of grace.
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
        let grace = match self.grace_hours {
            0 => String::new(),
            hours => {
                format!(" Within {} of booking all of it comes back, if the day is a week away or more.", notice(hours))
            }
        };
        format!("{}{rest}.{grace}", first.to_uppercase())
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

    #[test]
    fn the_summary_is_a_sentence_or_two() {
        assert_eq!(
            policy(&[(120, 100)]).summary(),
            "Free cancellation until 5 days before, then no refund. Within 24 hours of booking all of it comes back, if the day is a week away or more."
        );
        let limited = policy(&[(336, 100), (168, 50)]).summary();
        assert_eq!(
            limited,
            "Free cancellation until 14 days before, 50% back until 7 days before, then no refund. Within 24 hours of booking all of it comes back, if the day is a week away or more."
        );
        assert_eq!(policy(&[]).summary(), "Free cancellation for 24 hours after booking, then no refund.");
    }
}
