//! A provider as it is outside of our transactions: what it knows of each charge, whether or not we have heard it.

use std::collections::BTreeMap;

use kernel::{Currency, LegId, Money, RefundId};

use super::books::Books;
use crate::{Leg, LegRefund, LegUpdate, PaymentMethod};

/// How far a charge has come there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It has not arrived.
    Unknown,
    Asked,
    Processing,
    Held,
    Taken,
    Declined,
    Cancelled,
}

#[derive(Debug)]
struct Charge {
    share: Money,
    is_taken_at_once: bool,
    is_coins: bool,
    word: Word,
    /// Each is an event.
    taken: Vec<Money>,
    refunds: BTreeMap<RefundId, Money>,
    disputed_minor: i64,
}

impl Charge {
    /// What is left of it to pay back or to dispute, in a currency.
    fn left(&self, currency: Currency) -> i64 {
        let of = |all: &mut dyn Iterator<Item = &Money>| -> i64 {
            all.filter(|one| one.currency == currency).map(|one| one.amount_minor).sum()
        };
        let disputed = if currency == self.share.currency { self.disputed_minor } else { 0 };
        of(&mut self.taken.iter()) - of(&mut self.refunds.values()) - disputed
    }
}

#[derive(Debug, Default)]
pub struct Provider(BTreeMap<LegId, Charge>);

impl Provider {
    /// A charge is sent.
    pub fn expect(&mut self, leg: &Leg, is_taken_at_once: bool) {
        let charge = Charge {
            share: leg.share,
            is_taken_at_once,
            is_coins: leg.method == PaymentMethod::Crypto,
            word: Word::Unknown,
            taken: Vec::new(),
            refunds: BTreeMap::new(),
            disputed_minor: 0,
        };
        self.0.insert(leg.id, charge);
    }

    /// Something happens to a charge: `dice` say what, whether that is a mistake, and how many coins come.
    pub fn act(&mut self, leg: &Leg, dice: [usize; 3]) {
        let Some(charge) = self.0.get_mut(&leg.id) else { return };
        let coins = Money::new(1 + i64::try_from(dice[2]).expect("small"), charge.share.currency);
        if charge.is_coins {
            if charge.word != Word::Cancelled || dice[1] < 4 {
                charge.word = Word::Taken;
                charge.taken.push(coins);
            }
            return;
        }
        charge.word = match (charge.word, dice[0]) {
            (Word::Unknown | Word::Asked | Word::Processing, 0) => Word::Declined,
            (Word::Unknown, 1) => Word::Asked,
            (Word::Unknown, 2) => Word::Processing,
            (Word::Unknown | Word::Asked | Word::Processing, _) if charge.is_taken_at_once => {
                charge.taken.push(amount(charge.share, dice[1]));
                Word::Taken
            }
            (Word::Unknown | Word::Asked | Word::Processing, _) => Word::Held,
            // It takes the money a second time.
            (Word::Taken, 11) if dice[1] == 2 => {
                charge.taken.push(charge.share);
                Word::Taken
            }
            (word, _) => word,
        };
    }

    /// What it says of a charge.
    pub fn words(&self, leg: LegId) -> Vec<LegUpdate> {
        let Some(charge) = self.0.get(&leg) else { return Vec::new() };
        let event = |(number, amount): (usize, &Money)| LegUpdate::Received {
            event: format!("{leg}/{number}"),
            amount: *amount,
        };
        let taken = charge.taken.iter().enumerate().map(event);
        let last = match charge.word {
            Word::Unknown | Word::Taken => None,
            Word::Asked => Some(LegUpdate::ActionRequired { url: "https://bank.test".to_owned() }),
            Word::Processing => Some(LegUpdate::Processing),
            Word::Held => Some(LegUpdate::Held),
            Word::Declined => Some(LegUpdate::Failed { code: "card_declined".to_owned() }),
            Word::Cancelled => Some(LegUpdate::Void),
        };
        taken.chain(last).collect()
    }

    /// Cancels a charge unless it has taken money; one that has not arrived never will.
    pub fn cancel(&mut self, leg: LegId) {
        if let Some(charge) = self.0.get_mut(&leg).filter(|charge| !matches!(charge.word, Word::Taken | Word::Declined))
        {
            charge.word = Word::Cancelled;
        }
    }

    /// Takes what is held; a bank may refuse that.
    pub fn capture(&mut self, leg: &Leg, is_paid: bool) {
        if let Some(charge) = self.0.get_mut(&leg.id).filter(|charge| charge.word == Word::Held) {
            charge.word = if is_paid { Word::Taken } else { Word::Declined };
            if is_paid {
                charge.taken.push(charge.share);
            }
        }
    }

    /// Pays a refund once; `false` if it refuses, because more than is left would go back.
    pub fn refund(&mut self, refund: &LegRefund) -> bool {
        let charge = self.0.get_mut(&refund.leg).expect("it has taken money");
        if charge.refunds.contains_key(&refund.id) {
            return true;
        }
        let is_left = refund.amount.amount_minor <= charge.left(refund.amount.currency);
        if is_left {
            charge.refunds.insert(refund.id, refund.amount);
        }
        is_left
    }

    pub fn has_paid(&self, refund: RefundId) -> bool {
        self.0.values().any(|charge| charge.refunds.contains_key(&refund))
    }

    /// A bank takes back what is left of a charge, or a part of that.
    pub fn dispute(&mut self, leg: LegId, part: i64) -> Option<Money> {
        let charge = self.0.get_mut(&leg)?;
        let left = charge.left(charge.share.currency);
        let minor = left / (part + 1);
        (minor > 0).then(|| {
            charge.disputed_minor += minor;
            Money::new(minor, charge.share.currency)
        })
    }

    /// The bank decides for us, and gives back what it took.
    pub fn win(&mut self, leg: LegId, amount: Money) {
        self.0.get_mut(&leg).expect("it was disputed").disputed_minor -= amount.amount_minor;
    }

    /// What it owes us must be what our books say.
    pub fn check_against(&self, books: &Books) {
        for currency in Currency::ALL {
            let owed: i64 = self.0.values().map(|charge| charge.left(currency)).sum();
            assert_eq!(owed, books.balance("provider_clearing", currency), "{currency}: {self:?}");
        }
    }
}

/// Now and then another amount, or another currency, is taken by mistake.
fn amount(share: Money, dice: usize) -> Money {
    match dice {
        0 => Money::new(share.amount_minor + 1, share.currency),
        1 => Money::new(share.amount_minor, Currency::Eur),
        _ => share,
    }
}
