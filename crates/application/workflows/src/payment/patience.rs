//! How long a provider is asked about a leg, and when a charge that it does not know counts as failed. Pure.

use chrono::TimeDelta;
use kernel::Instant;
use payments::{Leg, LegState};

/// After this time, a charge that the provider does not know counts as failed.
const NEVER_ARRIVED_AFTER: TimeDelta = TimeDelta::seconds(30);
/// For this long the job still looks for such a charge, in case it arrives late.
const LOOKED_FOR: TimeDelta = TimeDelta::hours(12);

/// Whether a charge that the provider does not know counts as failed by now.
pub(super) fn has_never_arrived(leg: &Leg, now: Instant) -> bool {
    leg.state.is_open() && now - leg.created_at > NEVER_ARRIVED_AFTER
}

/// Whether the job asks about a leg again. A charge that counts as failed may still arrive late and take money, so it is looked for
/// for [`LOOKED_FOR`].
pub(super) fn is_asked_again(leg: &Leg, now: Instant) -> bool {
    let is_given_up = leg.state == LegState::Failed && now - leg.created_at > LOOKED_FOR;
    may_bring_news(leg) && !is_given_up
}

/// Whether asking about a leg makes sense. Not while the payer has to authenticate:
/// they have until the hold expires, and the deadline of the hold handles that.
pub(super) fn may_bring_news(leg: &Leg) -> bool {
    match leg.state {
        LegState::Created | LegState::Processing => true,
        LegState::Held => leg.is_authorised(),
        LegState::Failed => leg.is_unheard_of(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, IntentId, LegId, Money};
    use payments::{NO_ANSWER, PaymentMethod, REFUSED};
    use uuid::Uuid;

    use super::*;

    fn leg(state: LegState, failure_code: Option<&str>) -> Leg {
        Leg {
            id: LegId(Uuid::from_u128(1)),
            intent: IntentId(Uuid::from_u128(2)),
            position: 1,
            method: PaymentMethod::Card,
            provider: "sandbox".to_owned(),
            share: Money::new(1_000, Currency::Usd),
            state,
            provider_ref: None,
            action_url: None,
            failure_code: failure_code.map(str::to_owned),
            captured_minor: 0,
            surplus_minor: 0,
            refunded_minor: 0,
            given_up_at: None,
            created_at: opened_at(),
            attempt: None,
        }
    }

    fn opened_at() -> Instant {
        "2026-12-01T12:00:00Z".parse().expect("a date")
    }

    fn after(seconds: i64) -> Instant {
        opened_at() + TimeDelta::seconds(seconds)
    }

    const STATES: [LegState; 8] = [
        LegState::Created,
        LegState::Awaiting,
        LegState::ActionRequired,
        LegState::Processing,
        LegState::Held,
        LegState::Captured,
        LegState::Failed,
        LegState::Void,
    ];

    #[test]
    fn an_unknown_charge_counts_as_failed_after_half_a_minute_while_its_leg_is_open() {
        for state in STATES {
            let never_arrived = [0, 1, 30, 31].map(|seconds| has_never_arrived(&leg(state, None), after(seconds)));
            assert_eq!(never_arrived, [false, false, false, state.is_open()], "{state:?}");
        }
    }

    #[test]
    fn what_was_sent_and_has_no_word_of_its_provider_is_asked_about() {
        for state in STATES {
            let asked = matches!(state, LegState::Created | LegState::Processing | LegState::Held);
            assert_eq!(may_bring_news(&leg(state, None)), asked, "{state:?}");
        }
        for (code, asked) in [(NO_ANSWER, true), (REFUSED, true), ("card_declined", false)] {
            assert_eq!(may_bring_news(&leg(LegState::Failed, Some(code))), asked, "{code}");
        }
    }

    #[test]
    fn a_late_charge_is_looked_for_half_a_day_and_one_under_way_until_it_ends() {
        let half_a_day = 12 * 60 * 60;
        let asked = |leg: Leg| [1, half_a_day, half_a_day + 1].map(|seconds| is_asked_again(&leg, after(seconds)));
        assert_eq!(asked(leg(LegState::Failed, Some(NO_ANSWER))), [true, true, false]);
        assert_eq!(asked(leg(LegState::Processing, None)), [true, true, true]);
        assert_eq!(asked(leg(LegState::Failed, Some("card_declined"))), [false, false, false]);
        assert_eq!(asked(leg(LegState::Captured, None)), [false, false, false]);
    }
}
