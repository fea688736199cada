//! Fees on top of a price, by a dated schedule. Pure.

use crate::money::Money;

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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_fee_stays_within_its_bounds() {
        let schedule =
            FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 };
        let fee = |minor| schedule.service_fee(Money::new(minor, Currency::Usd)).amount_minor;
        assert_eq!([fee(1_000), fee(110_000), fee(2_000_000)], [100, 5_500, 50_000]);
    }
}
