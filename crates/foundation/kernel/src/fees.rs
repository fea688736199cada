//! Fees on top of a price, by a dated schedule. Pure.

use crate::money::{Currency, Money};

/// The fees in force for one currency on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeSchedule {
    /// The service fee in hundredths of a percent of the price.
    pub service_fee_bps: i32,
    /// Bounds of the service fee, in minor units.
    pub fee_min_minor: i64,
    pub fee_max_minor: i64,
    /// The platform's commission in hundredths of a percent of the price; the talent pays it, not the customer.
    pub commission_bps: i32,
}

impl FeeSchedule {
    /// The service fee on `price`: its percentage, rounded half to even, within the bounds.
    pub fn service_fee(&self, price: Money) -> Money {
        let share = price.basis_points(self.service_fee_bps.into()).amount_minor;
        Money::new(share.min(self.fee_max_minor).max(self.fee_min_minor), price.currency)
    }

    /// What is wrong with the bounds, if they do not fit the scale of the currency: amounts that were written as if it had another number
    /// of decimals are off by a hundred.
    pub fn fault(&self, currency: Currency) -> Option<String> {
        let (unit, amount) = (handful(currency), |minor| Money::new(minor, currency));
        let (min, max) = (amount(self.fee_min_minor), amount(self.fee_max_minor));
        match (self.fee_min_minor, self.fee_max_minor) {
            (minor, _) if minor > LEAST_MAX * unit => Some(format!("{min} is too much for the least service fee")),
            (_, minor) if minor > GREATEST.1 * unit => Some(format!("{max} is too much for the greatest service fee")),
            (_, minor) if minor < GREATEST.0 * unit => {
                Some(format!("{max} is too little for the greatest service fee"))
            }
            _ => None,
        }
    }
}

/// The most that the least service fee can plausibly be, in handfuls.
const LEAST_MAX: i64 = 20;
/// The least and the most that the greatest service fee can plausibly be, in handfuls.
const GREATEST: (i64, i64) = (20, 5_000);

/// About what a dollar is worth, within an order of magnitude, in minor units: one of most currencies, more of those with small units.
const fn handful(currency: Currency) -> i64 {
    let count = match currency {
        Currency::Jpy => 150,
        Currency::Sek => 10,
        Currency::Aud
        | Currency::Cad
        | Currency::Chf
        | Currency::Eur
        | Currency::Gbp
        | Currency::Kwd
        | Currency::Usd => 1,
    };
    count * 10_i64.pow(currency.decimals())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_stays_within_its_bounds() {
        let schedule =
            FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 };
        let fee = |minor| schedule.service_fee(Money::new(minor, Currency::Usd)).amount_minor;
        assert_eq!([fee(1_000), fee(110_000), fee(2_000_000)], [100, 5_500, 50_000]);
    }

    #[test]
    fn amounts_of_another_scale_are_noticed() {
        let fault = |currency, fee_min_minor, fee_max_minor| {
            FeeSchedule { service_fee_bps: 500, fee_min_minor, fee_max_minor, commission_bps: 1_500 }.fault(currency)
        };
        for (currency, min, max) in [
            (Currency::Usd, 100, 50_000),
            (Currency::Jpy, 150, 70_000),
            (Currency::Sek, 1_000, 500_000),
            (Currency::Gbp, 0, 2_000),
            (Currency::Usd, 2_000, 500_000),
            (Currency::Kwd, 300, 150_000),
            (Currency::Sek, 20_000, 5_000_000),
        ] {
            assert_eq!(fault(currency, min, max), None, "{currency}");
        }
        for (currency, min, max) in [
            (Currency::Jpy, 150, 7_000_000),
            (Currency::Jpy, 15_000, 70_000),
            (Currency::Usd, 100, 5_000_000),
            (Currency::Usd, 1, 500),
            (Currency::Usd, 2_001, 50_000),
            (Currency::Usd, 100, 500_001),
            (Currency::Usd, 100, 1_999),
            (Currency::Sek, 100_000, 500_000),
            (Currency::Kwd, 30, 15_000),
        ] {
            assert!(fault(currency, min, max).is_some(), "{currency} {min} {max}");
        }
    }
}
