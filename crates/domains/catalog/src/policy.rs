//! Describes a cancellation policy in words.

use kernel::CancellationPolicy;

/// The policy in words: `Free cancellation until 5 days before, then no refund.`, and the grace period.
pub fn policy_summary(policy: &CancellationPolicy) -> String {
    let mut parts: Vec<String> = policy
        .tiers
        .iter()
        .map(|tier| {
            let until = notice(tier.hours_before);
            match tier.refund_percent {
                100 => format!("free cancellation until {until} before"),
                percent => format!("{percent} % back until {until} before"),
            }
        })
        .collect();
    if parts.is_empty() {
        return match policy.grace_hours {
            0 => "No refund after booking.".to_owned(),
            hours => format!("Free cancellation for {} after booking, then no refund.", notice(hours)),
        };
    }
    parts.push("then no refund".to_owned());
    let sentence = parts.join(", ");
    let (first, rest) = sentence.split_at(1);
    let grace = match policy.grace_hours {
        0 => String::new(),
        hours => {
            format!(" Within {} of booking all of it comes back, if the day is a week away or more.", notice(hours))
        }
    };
    format!("{}{rest}.{grace}", first.to_uppercase())
}

/// `24 hours`, `5 days`.
fn notice(hours: i64) -> String {
    match hours {
        1 => "1 hour".to_owned(),
        hours if hours > 24 && hours % 24 == 0 => format!("{} days", hours / 24),
        hours => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use kernel::RefundTier;

    use super::*;

    fn policy(tiers: &[(i64, i64)]) -> CancellationPolicy {
        let tiers =
            tiers.iter().map(|&(hours_before, refund_percent)| RefundTier { hours_before, refund_percent }).collect();
        CancellationPolicy { key: "test".into(), name: "Test".into(), tiers, grace_hours: 24 }
    }

    #[test]
    fn the_summary_is_a_sentence_or_two() {
        assert_eq!(
            policy_summary(&policy(&[(120, 100)])),
            "Free cancellation until 5 days before, then no refund. Within 24 hours of booking all of it comes back, if the day is a week away or more."
        );
        let limited = policy_summary(&policy(&[(336, 100), (168, 50)]));
        assert_eq!(
            limited,
            "Free cancellation until 14 days before, 50 % back until 7 days before, then no refund. Within 24 hours of booking all of it comes back, if the day is a week away or more."
        );
        assert_eq!(policy_summary(&policy(&[])), "Free cancellation for 24 hours after booking, then no refund.");
    }
}
