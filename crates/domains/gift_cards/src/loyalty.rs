//! Loyalty: what completed bookings earn. The rules are rows with a date, the sums are pure.

use chrono::{DateTime, Months, Utc};
use kernel::{BookingId, GiftCardId, Instant, Money, PersonId};

/// How long a completed booking counts towards a tier.
const COUNTS_FOR: Months = Months::new(12);

/// What completed bookings earn from a sum on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoyaltyTier {
    pub name: String,
    /// Whoever has completed bookings worth so much within a year has it.
    pub from: Money,
    /// Hundredths of a per cent.
    pub basis_points: i32,
    /// After so many months what was earned ends; `None` for never.
    pub months_valid: Option<u32>,
}

/// What a booking has earned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoyaltyAward {
    pub booking: BookingId,
    pub person: PersonId,
    /// The part of the price that was paid with one's own money and not refunded.
    pub base: Money,
    pub basis_points: i32,
    pub earned_minor: i64,
    /// Of that, taken off the card because money went back.
    pub lost_minor: i64,
    /// The card with it; none where it is less than the smallest unit.
    pub card: Option<GiftCardId>,
    pub awarded_at: DateTime<Utc>,
}

/// How somebody stands in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoyaltyStanding {
    /// Of the bookings that were completed within a year.
    pub year: Money,
    pub tier: LoyaltyTier,
    /// The tier above, if there is one.
    pub next: Option<LoyaltyTier>,
}

/// The part of a booking's price that was paid with one's own money: `own_minor` of `total_minor` was, and the price is `price_minor` of
/// that, the rest fees and tax. Rounded down.
pub fn base_minor(price_minor: i64, total_minor: i64, own_minor: i64) -> i64 {
    if total_minor <= 0 {
        return 0;
    }
    let share = i128::from(price_minor) * i128::from(own_minor.clamp(0, total_minor)) / i128::from(total_minor);
    i64::try_from(share).expect("a part of the price is no more than it")
}

/// What a base earns, rounded down.
pub fn earned_minor(base_minor: i64, basis_points: i32) -> i64 {
    let earned = i128::from(base_minor) * i128::from(basis_points) / 10_000;
    i64::try_from(earned).expect("a part is no more than the whole")
}

/// Where `year` leads on a ladder of one currency whose rungs are in order; `None` if it has none so low.
pub fn standing(ladder: &[LoyaltyTier], year: Money) -> Option<LoyaltyStanding> {
    let above = ladder.iter().position(|tier| tier.from.amount_minor > year.amount_minor);
    let tier = ladder.get(above.unwrap_or(ladder.len()).checked_sub(1)?)?;
    Some(LoyaltyStanding { year, tier: tier.clone(), next: above.and_then(|place| ladder.get(place)).cloned() })
}

impl LoyaltyAward {
    /// Notes what is left of what was paid. Money that comes later earns nothing more.
    pub fn lessen(&mut self, base: Money) {
        self.base.amount_minor = self.base.amount_minor.min(base.amount_minor);
    }

    /// What is still to be taken off the card, at once or when it comes back to it.
    pub fn owed_minor(&self) -> i64 {
        (self.earned_minor - self.lost_minor - earned_minor(self.base.amount_minor, self.basis_points)).max(0)
    }
}

/// From when on completed bookings count.
pub(crate) fn counts_from(now: Instant) -> Instant {
    now.checked_sub_months(COUNTS_FOR).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use uuid::Uuid;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    fn tier(name: &str, from_minor: i64, basis_points: i32) -> LoyaltyTier {
        LoyaltyTier { name: name.to_owned(), from: usd(from_minor), basis_points, months_valid: Some(12) }
    }

    #[test]
    fn only_the_price_counts_and_only_what_was_one_s_own() {
        // 500.00 with 10 % fee and 5 % tax: 575.00. All own, half own, nothing own, more than the total.
        for (own, base) in [(57_500, 50_000), (28_750, 25_000), (0, 0), (60_000, 50_000), (1, 0), (2, 1)] {
            assert_eq!(base_minor(50_000, 57_500, own), base, "{own}");
        }
        assert_eq!(base_minor(0, 0, 5), 0);
        for (base, basis_points, earned) in
            [(50_000, 200, 1_000), (49, 200, 0), (50, 200, 1), (99, 200, 1), (10, 10_000, 10)]
        {
            assert_eq!(earned_minor(base, basis_points), earned);
        }
    }

    #[test]
    fn the_highest_tier_that_is_reached_counts() {
        let ladder = [tier("Stalls", 0, 200), tier("Circle", 100_000, 300), tier("Box", 500_000, 500)];
        let names = |minor| {
            let standing = standing(&ladder, usd(minor)).expect("a tier");
            (standing.tier.name, standing.next.map(|next| next.name).unwrap_or_default())
        };
        let pair = |tier: &str, next: &str| (tier.to_owned(), next.to_owned());
        assert_eq!(names(0), pair("Stalls", "Circle"));
        assert_eq!(names(99_999), pair("Stalls", "Circle"));
        assert_eq!(names(100_000), pair("Circle", "Box"));
        assert_eq!(names(9_000_000), pair("Box", ""));
        assert_eq!(standing(&ladder[1..], usd(0)), None);
        assert_eq!(standing(&[], usd(5)), None);
    }

    #[test]
    fn what_was_earned_goes_with_refunds_once() {
        let mut award = LoyaltyAward {
            booking: BookingId(Uuid::from_u128(1)),
            person: PersonId(Uuid::from_u128(2)),
            base: usd(50_000),
            basis_points: 300,
            earned_minor: 1_500,
            lost_minor: 0,
            card: None,
            awarded_at: DateTime::UNIX_EPOCH,
        };
        assert_eq!(award.owed_minor(), 0);
        award.lessen(usd(25_000));
        assert_eq!(award.owed_minor(), 750);
        // A part of it is spent, and is owed until it comes back.
        award.lost_minor = 500;
        assert_eq!(award.owed_minor(), 250);
        award.lost_minor = 750;
        award.lessen(usd(90_000));
        assert_eq!(award.owed_minor(), 0);
        award.lessen(usd(0));
        assert_eq!(award.owed_minor(), 750);
    }
}
