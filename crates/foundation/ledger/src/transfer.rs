//! Transfers and postings; a transfer cannot be made unless it balances.

use std::collections::BTreeMap;

use kernel::secret::sha256;
use kernel::{Currency, Money};
use uuid::Uuid;

use crate::LedgerError;

/// An account: one for each kind, owner and currency, opened by its first posting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    /// A row of `ledger_account_kinds`.
    pub kind: &'static str,
    /// The nil id for the platform's own accounts.
    pub owner: Uuid,
}

/// One line of a transfer: debits are positive, credits negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posting {
    pub account: Account,
    pub amount: Money,
}

/// A reference to an object outside of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thing {
    /// `booking`, `payment_leg`, …
    pub kind: &'static str,
    pub id: Uuid,
}

/// A balanced movement of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    id: Uuid,
    template: &'static str,
    subject: Thing,
    reference: Option<Thing>,
    reverses: Option<Uuid>,
    postings: Vec<Posting>,
}

impl Transfer {
    /// A transfer whose postings sum to zero in each currency; zero postings are
    /// left out. `subject` is what it is about, `reference` is what caused it.
    pub fn new(
        id: Uuid,
        template: &'static str,
        subject: Thing,
        reference: Option<Thing>,
        postings: impl IntoIterator<Item = Posting>,
    ) -> Result<Self, LedgerError> {
        let postings: Vec<Posting> = postings.into_iter().filter(|posting| posting.amount.amount_minor != 0).collect();
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for Posting { amount, .. } in &postings {
            *sums.entry(amount.currency).or_default() += i128::from(amount.amount_minor);
        }
        if let Some((currency, sum_minor)) = sums.into_iter().find(|(_, sum)| *sum != 0) {
            return Err(LedgerError::Unbalanced { id, currency, sum_minor });
        }
        if postings.is_empty() {
            return Err(LedgerError::Empty { id });
        }
        Ok(Self { id, template, subject, reference, reverses: None, postings })
    }

    /// The transfer that takes this one back. What stands in the books is never changed, and reversed at most once.
    pub fn reversal(&self, template: &'static str) -> Self {
        let back = |Posting { account, amount }: &Posting| Posting { account: *account, amount: amount.negative() };
        Self {
            id: transfer_id(template, self.id),
            template,
            reverses: Some(self.id),
            postings: self.postings.iter().map(back).collect(),
            ..self.clone()
        }
    }

    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The kind of movement, by the name its domain gives it.
    pub const fn template(&self) -> &'static str {
        self.template
    }

    pub const fn subject(&self) -> Thing {
        self.subject
    }

    pub const fn reference(&self) -> Option<Thing> {
        self.reference
    }

    /// The transfer that this one takes back.
    pub const fn reverses(&self) -> Option<Uuid> {
        self.reverses
    }

    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }
}

/// The id of the only transfer of this template for `about`, so that posting it twice has no effect.
pub fn transfer_id(template: &str, about: Uuid) -> Uuid {
    let hash = sha256([template.as_bytes(), about.as_bytes()].concat().as_slice());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ESCROW: Account = Account { kind: "booking_escrow", owner: Uuid::nil() };
    const FEES: Account = Account { kind: "service_fees", owner: Uuid::nil() };
    const BOOKING: Thing = Thing { kind: "booking", id: Uuid::nil() };

    fn usd(account: Account, amount_minor: i64) -> Posting {
        Posting { account, amount: Money::new(amount_minor, Currency::Usd) }
    }

    fn transfer(postings: Vec<Posting>) -> Result<Transfer, LedgerError> {
        Transfer::new(Uuid::from_u128(7), "test", BOOKING, None, postings)
    }

    #[test]
    fn a_transfer_sums_to_zero_in_each_currency() {
        let balanced = transfer(vec![usd(ESCROW, 5), usd(FEES, 0), usd(FEES, -5)]).unwrap();
        assert_eq!(balanced.postings().len(), 2, "nothing is moved by a posting of nothing");
        assert!(matches!(transfer(vec![usd(ESCROW, 5)]), Err(LedgerError::Unbalanced { sum_minor: 5, .. })));
        assert!(matches!(transfer(vec![usd(ESCROW, 0)]), Err(LedgerError::Empty { .. })));
        let euros = Posting { account: FEES, amount: Money::new(-5, Currency::Eur) };
        assert!(matches!(transfer(vec![usd(ESCROW, 5), euros]), Err(LedgerError::Unbalanced { .. })));
    }

    #[test]
    fn ids_stay_what_they_were() {
        let id = transfer_id("card_captured", Uuid::from_u128(1));
        assert_eq!(id, transfer_id("card_captured", Uuid::from_u128(1)));
        assert_ne!(id, transfer_id("card_refunded", Uuid::from_u128(1)));
        assert_eq!(id.to_string(), "edd8998e-661d-8e03-a065-d1b3388ccb2e");
    }

    proptest! {
        #[test]
        fn what_is_off_by_anything_is_refused(amount in 1..1_000_000_000_i64, off in 1..1_000_i64) {
            prop_assert!(transfer(vec![usd(ESCROW, amount), usd(FEES, -amount)]).is_ok());
            prop_assert!(transfer(vec![usd(ESCROW, amount), usd(FEES, off - amount)]).is_err());
        }
    }
}
