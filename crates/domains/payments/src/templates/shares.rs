//! Transfers that split a booking's escrow between celebrity, platform and tax authorities.

use kernel::{BookingId, CelebrityId, Money};
use ledger::{LedgerError, Posting, Transfer, transfer_id};

use super::{COMMISSION, SERVICE_FEES, TAX, payable};
use crate::PaidFor;

/// The split of a booking's money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    pub talent: Money,
    pub commission: Money,
    pub service_fee: Money,
    pub tax: Money,
}

impl Split {
    /// The split of `price`, `service_fee` and `tax`: the talent gets the price minus the commission of `commission_bps`.
    pub fn of(price: Money, service_fee: Money, tax: Money, commission_bps: i32) -> Self {
        let commission = price.basis_points(commission_bps.into());
        Self {
            talent: Money::new(price.amount_minor - commission.amount_minor, price.currency),
            commission,
            service_fee,
            tax,
        }
    }

    /// The sum of all parts.
    pub const fn total(&self) -> Money {
        Money::new(
            self.talent.amount_minor
                + self.commission.amount_minor
                + self.service_fee.amount_minor
                + self.tax.amount_minor,
            self.talent.currency,
        )
    }
}

/// The reason of a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The booking was completed.
    Completed,
    /// It was cancelled too late for a full refund.
    Kept,
}

/// Splits the part of the escrow that is not refunded, once for each booking and reason; `None` if it is zero.
pub fn share_out(
    occasion: Occasion,
    booking: BookingId,
    celebrity: CelebrityId,
    split: Split,
) -> Result<Option<Transfer>, LedgerError> {
    if split.total().amount_minor == 0 {
        return Ok(None);
    }
    let template = match occasion {
        Occasion::Completed => "booking_completed",
        Occasion::Kept => "cancellation_kept",
    };
    let postings = [
        (PaidFor::Booking(booking).escrow(), split.total()),
        (payable(celebrity), split.talent.negative()),
        (COMMISSION, split.commission.negative()),
        (SERVICE_FEES, split.service_fee.negative()),
        (TAX, split.tax.negative()),
    ];
    let postings = postings.map(|(account, amount)| Posting { account, amount });
    Transfer::new(transfer_id(template, booking.0), template, PaidFor::Booking(booking).thing(), None, postings)
        .map(Some)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    proptest! {
        #[test]
        fn shares_add_up_to_the_cent(
            price in 0..1_000_000_000_i64, fee in 0..100_000_i64, tax in 0..1_000_000_i64, bps in 0..5_000_i32,
        ) {
            let usd = |minor| Money::new(minor, Currency::Usd);
            let split = Split::of(usd(price), usd(fee), usd(tax), bps);
            prop_assert_eq!(split.total().amount_minor, price + fee + tax);
            prop_assert!(split.talent.amount_minor >= 0 && split.commission.amount_minor >= 0);
            let (booking, celebrity) = (BookingId(Uuid::from_u128(1)), CelebrityId(Uuid::from_u128(2)));
            let transfer = share_out(Occasion::Completed, booking, celebrity, split).expect("balances");
            prop_assert_eq!(transfer.is_some(), price + fee + tax > 0);
            let postings = transfer.iter().flat_map(|transfer| transfer.postings());
            let passed_on: i64 = postings.filter(|one| one.account == TAX).map(|one| one.amount.amount_minor).sum();
            prop_assert_eq!(passed_on, -tax, "the tax is owed to nobody else");
        }
    }
}
