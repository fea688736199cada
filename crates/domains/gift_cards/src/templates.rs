//! The templates of ledger transfers of stored value, by name: pure functions. The id of a transfer is derived from what it is about, so
//! posting it twice has no effect. Accounts of other domains are given by whoever joins the two.

use kernel::{GiftCardId, LegId, Money, PersonId};
use ledger::{Account, LedgerError, Posting, Thing, Transfer, transfer_id};
use uuid::Uuid;

use crate::card::CardKind;

/// Bought value that was never spent and has expired.
const BREAKAGE: Account = Account { kind: "breakage", owner: Uuid::nil() };
/// What promotional and loyalty value costs us.
const PROMOTIONS: Account = Account { kind: "promotion_costs", owner: Uuid::nil() };
/// What goodwill costs us.
const GOODWILL: Account = Account { kind: "goodwill_costs", owner: Uuid::nil() };

/// What is left on a card.
pub const fn card(id: GiftCardId) -> Account {
    Account { kind: "gift_card", owner: id.0 }
}

/// What is set aside of a card for payments under way.
pub const fn card_hold(id: GiftCardId) -> Account {
    Account { kind: "gift_hold", owner: id.0 }
}

/// A person's credit.
pub const fn credit(person: PersonId) -> Account {
    Account { kind: "customer_credit", owner: person.0 }
}

/// Where the value of a card comes from when nobody pays for it, and where it goes when it expires.
pub const fn source(kind: CardKind) -> Account {
    match kind {
        CardKind::Platform => BREAKAGE,
        CardKind::Promotional | CardKind::Loyalty => PROMOTIONS,
        CardKind::Goodwill => GOODWILL,
    }
}

/// A person's credit that is set aside for payments under way.
pub const fn credit_hold(person: PersonId) -> Account {
    Account { kind: "credit_hold", owner: person.0 }
}

/// A movement of a card's value: `amount` from one account to another, named by what it is about; `leg` is the part of a payment that it
/// belongs to.
pub(crate) fn movement(
    template: &'static str,
    about: GiftCardId,
    named_by: Uuid,
    from: Account,
    to: Account,
    amount: Money,
    leg: Option<LegId>,
) -> Result<Transfer, LedgerError> {
    let postings = [Posting { account: from, amount }, Posting { account: to, amount: amount.negative() }];
    let subject = Thing { kind: "gift_card", id: about.0 };
    Transfer::new(transfer_id(template, named_by), template, subject, leg.map(part_of), postings)
}

/// A movement of a person's credit, for a part of a payment or what else it is about.
pub(crate) fn credit_movement(
    template: &'static str,
    person: PersonId,
    named_by: Uuid,
    from: Account,
    to: Account,
    amount: Money,
    about: Thing,
) -> Result<Transfer, LedgerError> {
    let postings = [Posting { account: from, amount }, Posting { account: to, amount: amount.negative() }];
    let subject = Thing { kind: "person", id: person.0 };
    Transfer::new(transfer_id(template, named_by), template, subject, Some(about), postings)
}

/// A part of a payment, as transfers name it.
pub(crate) const fn part_of(leg: LegId) -> Thing {
    Thing { kind: "payment_leg", id: leg.0 }
}
