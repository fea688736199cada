//! Sums line by line, and prices with the fees of the day.

use kernel::{Currency, FeeSchedule, Money};
use overviews::price::PriceTotal;
use serde::Serialize;

/// One line of a sum.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct MoneyLine {
    pub label: String,
    pub amount: String,
    pub is_sum: bool,
}

/// The fees of a day, for prices in any currency.
pub(crate) struct Fees(pub Vec<(Currency, FeeSchedule)>);

impl Fees {
    /// The whole price; none in a currency without fees laid down, in which nothing can be booked.
    pub(crate) fn total(&self, price: Money) -> Option<PriceTotal> {
        let (_, schedule) = self.0.iter().find(|(currency, _)| *currency == price.currency)?;
        Some(PriceTotal::of(price, schedule))
    }

    /// The highest price, in minor units, that comes to no more than `budget` with its fee; below zero when none does.
    /// A budget in a currency without fees stays as it is.
    pub(crate) fn price_within(&self, budget: Money) -> i64 {
        let fits = |minor| {
            let total = self.total(Money::new(minor, budget.currency));
            total.is_none_or(|whole| whole.total.amount_minor <= budget.amount_minor)
        };
        // The total rises with the price, so a binary search finds the limit.
        let (mut fitting, mut too_much) = (-1, budget.amount_minor + 1);
        while too_much - fitting > 1 {
            let middle = fitting + (too_much - fitting) / 2;
            if fits(middle) { fitting = middle } else { too_much = middle }
        }
        fitting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_has_the_fee_in_it() {
        let schedule =
            FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 };
        let fees = Fees(vec![(Currency::Usd, schedule)]);
        let within = |minor| fees.price_within(Money::new(minor, Currency::Usd));
        assert_eq!([within(105_000), within(104_999), within(10_000_000)], [100_000, 99_999, 9_950_000]);
        assert_eq!([within(1_000), within(100), within(99)], [900, 0, -1]);
        assert_eq!(fees.price_within(Money::new(5_000, Currency::Eur)), 5_000);
    }
}
