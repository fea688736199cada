//! Which credit was given to somebody, and which came from their own money. Pure.

use std::collections::BTreeMap;

use kernel::LegId;

/// A movement of somebody's credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditMovement {
    /// By how much it changed.
    pub change_minor: i64,
    pub kind: CreditMovementKind,
}

/// What a movement is to the question whose money it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditMovementKind {
    /// Value of a card that nobody paid for became credit.
    Given,
    /// It was set aside for a part of a payment, or came back from there.
    OfLeg(LegId),
    /// Anything else: it came from somebody's own money, or went where that came from.
    Own,
}

/// What was set aside for a part of a payment and did not come back, and how much of that was given.
#[derive(Debug, Clone, Copy, Default)]
struct LegCredit {
    all_minor: i64,
    given_minor: i64,
}

/// How much of what credit paid was given, by part of a payment; `movements` are those of one account, oldest first. What was given is
/// spent first, and comes back last, so that nothing counts as own money that was not.
pub fn given_by_leg(movements: impl IntoIterator<Item = CreditMovement>) -> BTreeMap<LegId, i64> {
    let (mut balance_minor, mut given_minor) = (0, 0);
    let mut legs: BTreeMap<LegId, LegCredit> = BTreeMap::new();
    for CreditMovement { change_minor, kind } in movements {
        balance_minor += change_minor;
        match kind {
            CreditMovementKind::Given => given_minor += change_minor,
            CreditMovementKind::OfLeg(leg) => {
                let leg = legs.entry(leg).or_default();
                leg.all_minor -= change_minor;
                let given_before = leg.given_minor;
                leg.given_minor = match change_minor {
                    spent if spent < 0 => given_before + given_minor.min(-spent),
                    _ => given_before.min(leg.all_minor),
                };
                given_minor += given_before - leg.given_minor;
            }
            CreditMovementKind::Own => {}
        }
        // A bank, or a refund, takes own money as long as there is some.
        given_minor = given_minor.min(balance_minor);
    }
    legs.into_iter().map(|(leg, credit)| (leg, credit.given_minor)).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const FIRST: LegId = LegId(Uuid::from_u128(1));
    const SECOND: LegId = LegId(Uuid::from_u128(2));

    fn given(movements: &[(i64, CreditMovementKind)]) -> [i64; 2] {
        let movements =
            movements.iter().map(|(change_minor, kind)| CreditMovement { change_minor: *change_minor, kind: *kind });
        let legs = given_by_leg(movements);
        [FIRST, SECOND].map(|leg| legs.get(&leg).copied().unwrap_or(0))
    }

    #[test]
    fn what_was_given_is_spent_first_and_comes_back_last() {
        use CreditMovementKind::{Given, OfLeg, Own};
        let (first, second) = (OfLeg(FIRST), OfLeg(SECOND));
        assert_eq!(given(&[(50, Given), (-30, first), (-20, second)]), [30, 20]);
        assert_eq!(given(&[(100, Own), (50, Given), (-80, first), (-70, second)]), [50, 0]);
        // What was given after something was spent did not pay for it.
        assert_eq!(given(&[(100, Own), (-100, first), (50, Given), (-50, second)]), [0, 50]);
        // 80 were set aside, 50 of them given: 30 that come back are own money, the rest was given.
        assert_eq!(given(&[(30, Own), (50, Given), (-80, first), (30, first), (-30, second)]), [50, 0]);
        assert_eq!(given(&[(30, Own), (50, Given), (-80, first), (40, first), (-40, second)]), [40, 10]);
        assert_eq!(given(&[(50, Given), (-50, first), (50, first), (-50, second)]), [0, 50]);
        // A bank took what was their own: nothing but what was given is left.
        assert_eq!(given(&[(50, Given), (50, Own), (-50, Own), (-40, first)]), [40, 0]);
        assert_eq!(given(&[(50, Given), (-20, Own), (-30, first), (30, Own), (-30, second)]), [30, 0]);
    }
}
