//! Every way money moves, by name. A transfer's id is made from what it is about, so that recording it twice is recording it once.

use database::Tx;
use kernel::secret::sha256;
use kernel::{BookingId, CelebrityId, Chance, Instant, LegId, Money};
use uuid::Uuid;

use crate::{PaymentsError, store};

/// Whose account a posting is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Account {
    /// Money at the card provider, ours but not yet here.
    ProviderClearing,
    /// What a customer paid for a booking that has not happened yet.
    Escrow(BookingId),
    /// What we owe a celebrity.
    Payable(CelebrityId),
    ServiceFees,
    Commission,
}

/// One movement: debits positive, credits negative, zero in all.
pub(crate) struct Transfer {
    pub id: Uuid,
    pub template: &'static str,
    pub booking: BookingId,
    pub leg: Option<LegId>,
    pub postings: Vec<(Account, Money)>,
}

impl Account {
    /// Kind and owner as they are stored.
    pub(crate) const fn key(self) -> (&'static str, Uuid) {
        match self {
            Self::ProviderClearing => ("provider_clearing", Uuid::nil()),
            Self::Escrow(booking) => ("booking_escrow", booking.0),
            Self::Payable(celebrity) => ("celebrity_payable", celebrity.0),
            Self::ServiceFees => ("service_fees", Uuid::nil()),
            Self::Commission => ("commission", Uuid::nil()),
        }
    }
}

/// How what stays of a booking's money is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    pub talent: Money,
    pub commission: Money,
    pub service_fee: Money,
}

impl Split {
    /// Of `price` kept at `commission_bps`, and `service_fee`: the talent gets what the commission leaves.
    pub fn of(price: Money, service_fee: Money, commission_bps: i32) -> Self {
        let commission = price.basis_points(commission_bps.into());
        Self {
            talent: Money::new(price.amount_minor - commission.amount_minor, price.currency),
            commission,
            service_fee,
        }
    }

    const fn total(&self) -> Money {
        Money::new(
            self.talent.amount_minor + self.commission.amount_minor + self.service_fee.amount_minor,
            self.talent.currency,
        )
    }
}

/// A card leg was captured: the provider owes us, and we owe the booking.
pub(crate) async fn card_captured(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: BookingId,
    leg: LegId,
    amount: Money,
) -> Result<(), PaymentsError> {
    let postings = vec![(Account::ProviderClearing, amount), (Account::Escrow(booking), negative(amount))];
    post(
        tx,
        chance,
        now,
        Transfer { id: derived("card_captured", leg.0), template: "card_captured", booking, leg: Some(leg), postings },
    )
    .await
}

/// A refund arrived at the card it came from.
pub(crate) async fn card_refunded(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    booking: BookingId,
    leg: LegId,
    refund: Uuid,
    amount: Money,
) -> Result<(), PaymentsError> {
    let postings = vec![(Account::Escrow(booking), amount), (Account::ProviderClearing, negative(amount))];
    post(
        tx,
        chance,
        now,
        Transfer { id: derived("card_refunded", refund), template: "card_refunded", booking, leg: Some(leg), postings },
    )
    .await
}

/// Why a booking's money is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// It came to its good end.
    Completed,
    /// It was called off too late for everything to go back.
    Kept,
}

/// Shares out what a booking has in escrow and does not pay back; once for each booking and occasion.
pub async fn share_out(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    occasion: Occasion,
    booking: BookingId,
    celebrity: CelebrityId,
    split: Split,
) -> Result<(), PaymentsError> {
    let template = match occasion {
        Occasion::Completed => "booking_completed",
        Occasion::Kept => "cancellation_kept",
    };
    let credits = [
        (Account::Payable(celebrity), split.talent),
        (Account::Commission, split.commission),
        (Account::ServiceFees, split.service_fee),
    ];
    let credits = credits
        .into_iter()
        .filter(|(_, amount)| amount.amount_minor != 0)
        .map(|(account, amount)| (account, negative(amount)));
    let postings: Vec<_> = std::iter::once((Account::Escrow(booking), split.total())).chain(credits).collect();
    if split.total().amount_minor == 0 {
        return Ok(());
    }
    post(tx, chance, now, Transfer { id: derived(template, booking.0), template, booking, leg: None, postings }).await
}

async fn post(tx: &mut Tx, chance: &dyn Chance, now: Instant, transfer: Transfer) -> Result<(), PaymentsError> {
    Ok(store::post(tx, chance, now, &transfer).await?)
}

const fn negative(amount: Money) -> Money {
    Money::new(-amount.amount_minor, amount.currency)
}

/// The id of the one transfer of this kind about this thing.
fn derived(template: &str, subject: Uuid) -> Uuid {
    let hash = sha256([template.as_bytes(), subject.as_bytes()].concat().as_slice());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn shares_add_up_to_the_cent(price in 0..1_000_000_000_i64, fee in 0..100_000_i64, bps in 0..5_000_i32) {
            let split = Split::of(Money::new(price, Currency::Usd), Money::new(fee, Currency::Usd), bps);
            prop_assert_eq!(split.total().amount_minor, price + fee);
            prop_assert!(split.talent.amount_minor >= 0 && split.commission.amount_minor >= 0);
        }
    }
}
