//! Credit of a person: set aside, taken and given back for parts of payments. Nothing about it is stored but its accounts.

use database::Tx;
use kernel::{Chance, Currency, GiftCardOrderId, Instant, LegId, Money, PersonId, RefundId};
use ledger::{Account, Thing, Transfer};
use uuid::Uuid;

use crate::error::GiftCardsError;
use crate::store;
use crate::templates::{credit, credit_hold, credit_movement, part_of};

/// The templates of what a bank took back of it, of what came back because the bank let the payment stand, and of what went back with a
/// refund.
const CHARGED_BACK: &str = "credit_charged_back";
const RESTORED: &str = "credit_restored";
const RECLAIMED: &str = "credit_reclaimed";

/// What may be done with credit for a part of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CreditCommand {
    /// Sets it aside.
    Hold,
    /// Gives back what was set aside.
    Release,
    /// Takes what was set aside, to the account of what is paid.
    Spend { to: Account },
    /// It comes back from the account of what was paid.
    Refund { refund: RefundId, from: Account },
    /// What was paid another way comes back as credit, because whoever paid wants it so.
    Keep { refund: RefundId, from: Account },
    /// A bank took back what it came from, through the leg; it goes to the account of that.
    ChargeBack { id: Uuid, to: Account },
    /// That bank let the payment stand; it comes back from the account of that.
    Restore { id: Uuid, from: Account },
}

/// Locks somebody's credit in a currency until the transaction ends, and says how much there is.
pub async fn lock(tx: &mut Tx, person: PersonId, currency: Currency) -> Result<Money, GiftCardsError> {
    let locked = store::credit::lock_all(tx, &[person], currency).await?;
    Ok(Money::new(locked.first().map_or(0, |(_, minor)| *minor), currency))
}

/// Credit that may have come from money that a bank took back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DoubtfulCredit {
    pub person: PersonId,
    /// What there is.
    pub balance: Money,
    /// What of it was taken back for the same payment before, by a bank or with a refund, and did not come back.
    pub taken_minor: i64,
}

/// Locks the credit of several people until the transaction ends, in the order in which postings lock accounts, and says what was taken
/// back of it before, for a leg or with the price of the purchase that the leg paid. Those who never had any are left out.
pub async fn lock_doubtful(
    tx: &mut Tx,
    people: &[PersonId],
    currency: Currency,
    leg: LegId,
    order: Option<GiftCardOrderId>,
) -> Result<Vec<DoubtfulCredit>, GiftCardsError> {
    let locked = store::credit::lock_all(tx, people, currency).await?;
    let about: Vec<Uuid> = order.map(|order| order.0).into_iter().chain([leg.0]).collect();
    let taken = store::credit::taken(tx, &[CHARGED_BACK, RESTORED, RECLAIMED], people, currency, &about).await?;
    let of = |person| taken.iter().filter(|(of, _)| *of == person).map(|(_, minor)| minor).sum();
    let credit =
        |(person, minor)| DoubtfulCredit { person, balance: Money::new(minor, currency), taken_minor: of(person) };
    Ok(locked.into_iter().map(credit).collect())
}

/// How much of `credit` is taken for a chargeback: at most what came of the disputed payment (`came_minor`) and was not taken before, at
/// most what the case still lacks (`missing_minor`), and at most what there is. Credit is not told apart by where it came from: what was
/// spent counts as other credit first.
pub fn charge_back_minor(credit: &DoubtfulCredit, came_minor: i64, missing_minor: i64) -> i64 {
    (came_minor - credit.taken_minor).min(credit.balance.amount_minor).min(missing_minor).max(0)
}

/// Moves credit once for each leg and command, or each refund. To hold it, or to charge it back, lock it first
/// and take at most what there is.
pub async fn carry_out(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    person: PersonId,
    leg: LegId,
    amount: Money,
    command: CreditCommand,
) -> Result<(), GiftCardsError> {
    let transfer = movement(person, leg, amount, command)?;
    let posted = ledger::post(tx, chance, now, &[transfer]).await?;
    if posted.is_empty() { Err(GiftCardsError::Done) } else { Ok(()) }
}

/// Takes locked credit that a bought card became to the escrow of its purchase, whose price goes back. No part of a payment is named, since
/// none brought that money there.
pub async fn reclaim(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    person: PersonId,
    order: GiftCardOrderId,
    amount: Money,
    to: Account,
) -> Result<(), GiftCardsError> {
    let about = Thing { kind: "gift_card_order", id: order.0 };
    let transfer = credit_movement(RECLAIMED, person, chance.uuid(now), credit(person), to, amount, about)?;
    ledger::post(tx, chance, now, &[transfer]).await?;
    Ok(())
}

/// Gives back what a bank had taken of people's credit through a leg, all of it at once, since that locks their accounts in one order.
pub async fn restore(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    leg: LegId,
    from: Account,
    credited: &[(PersonId, Money)],
) -> Result<(), GiftCardsError> {
    let back = |(person, amount): &(PersonId, Money)| {
        movement(*person, leg, *amount, CreditCommand::Restore { id: chance.uuid(now), from })
    };
    let transfers = credited.iter().map(back).collect::<Result<Vec<_>, _>>()?;
    ledger::post(tx, chance, now, &transfers).await?;
    Ok(())
}

/// The transfer of a command.
pub fn movement(
    person: PersonId,
    leg: LegId,
    amount: Money,
    command: CreditCommand,
) -> Result<Transfer, GiftCardsError> {
    let (own, held) = (credit(person), credit_hold(person));
    let (template, named_by, from, to) = match command {
        CreditCommand::Hold => ("credit_held", leg.0, own, held),
        CreditCommand::Release => ("credit_released", leg.0, held, own),
        CreditCommand::Spend { to } => ("credit_spent", leg.0, held, to),
        CreditCommand::Refund { refund, from } => ("credit_refunded", refund.0, from, own),
        CreditCommand::Keep { refund, from } => ("refund_kept", refund.0, from, own),
        CreditCommand::ChargeBack { id, to } => (CHARGED_BACK, id, own, to),
        CreditCommand::Restore { id, from } => (RESTORED, id, from, own),
    };
    Ok(credit_movement(template, person, named_by, from, to, amount, part_of(leg))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credit_goes_aside_and_on_or_back() {
        let (person, leg) = (PersonId(Uuid::from_u128(1)), LegId(Uuid::from_u128(2)));
        let escrow = Account { kind: "booking_escrow", owner: Uuid::from_u128(3) };
        let refund = RefundId(Uuid::from_u128(4));
        let case = Account { kind: "chargeback_receivable", owner: Uuid::from_u128(5) };
        let of = |command| movement(person, leg, Money::new(5, Currency::Usd), command).expect("balances");
        for (command, from, to) in [
            (CreditCommand::Hold, "customer_credit", "credit_hold"),
            (CreditCommand::Release, "credit_hold", "customer_credit"),
            (CreditCommand::Spend { to: escrow }, "credit_hold", "booking_escrow"),
            (CreditCommand::Refund { refund, from: escrow }, "booking_escrow", "customer_credit"),
            (CreditCommand::Keep { refund, from: escrow }, "booking_escrow", "customer_credit"),
            (CreditCommand::ChargeBack { id: refund.0, to: case }, "customer_credit", "chargeback_receivable"),
            (CreditCommand::Restore { id: refund.0, from: case }, "chargeback_receivable", "customer_credit"),
        ] {
            let transfer = of(command);
            let lines: Vec<_> =
                transfer.postings().iter().map(|one| (one.account.kind, one.amount.amount_minor)).collect();
            assert_eq!(lines, [(from, 5), (to, -5)], "{command:?}");
            assert_eq!(transfer.reference().map(|part| part.id), Some(leg.0));
        }
        assert_ne!(of(CreditCommand::Hold).id(), of(CreditCommand::Release).id());
    }

    #[test]
    fn a_bank_takes_back_what_is_unspent_of_what_came_from_it_and_nothing_twice() {
        let of = |balance, taken_minor, came, missing| {
            let balance = Money::new(balance, Currency::Usd);
            let credit = DoubtfulCredit { person: PersonId(Uuid::from_u128(1)), balance, taken_minor };
            charge_back_minor(&credit, came, missing)
        };
        // What there is, what came of it, what is missing: the least of them.
        for (balance, came, missing, least) in
            [(500, 500, 500, 500), (300, 500, 500, 300), (900, 500, 700, 500), (900, 500, 200, 200), (0, 500, 500, 0)]
        {
            assert_eq!(of(balance, 0, came, missing), least, "{balance} {came} {missing}");
        }
        // Credit that comes later is somebody's own.
        assert_eq!((of(900, 500, 500, 700), of(900, 400, 500, 700), of(900, 600, 500, 700)), (0, 100, 0));
    }
}
