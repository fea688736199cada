//! Credit of a person: set aside, taken and given back for parts of payments. Nothing about it is stored but its accounts.

use database::Tx;
use kernel::{Chance, Currency, Instant, LegId, Money, PersonId, RefundId};
use ledger::{Account, Transfer};

use crate::error::GiftCardsError;
use crate::store;
use crate::templates::{credit, credit_hold, credit_movement};

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
}

/// Locks somebody's credit in a currency until the transaction ends, and says how much there is.
pub async fn lock(tx: &mut Tx, person: PersonId, currency: Currency) -> Result<Money, GiftCardsError> {
    let minor = store::lock_credit(tx, person, currency).await?.unwrap_or(0);
    Ok(Money::new(minor, currency))
}

/// Moves credit once for each leg and command, or each refund. To hold it, lock it first and set aside at most what there is.
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
    };
    Ok(credit_movement(template, person, named_by, from, to, amount, leg)?)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn credit_goes_aside_and_on_or_back() {
        let (person, leg) = (PersonId(Uuid::from_u128(1)), LegId(Uuid::from_u128(2)));
        let escrow = Account { kind: "booking_escrow", owner: Uuid::from_u128(3) };
        let refund = RefundId(Uuid::from_u128(4));
        let of = |command| movement(person, leg, Money::new(5, Currency::Usd), command).expect("balances");
        for (command, from, to) in [
            (CreditCommand::Hold, "customer_credit", "credit_hold"),
            (CreditCommand::Release, "credit_hold", "customer_credit"),
            (CreditCommand::Spend { to: escrow }, "credit_hold", "booking_escrow"),
            (CreditCommand::Refund { refund, from: escrow }, "booking_escrow", "customer_credit"),
            (CreditCommand::Keep { refund, from: escrow }, "booking_escrow", "customer_credit"),
        ] {
            let transfer = of(command);
            let lines: Vec<_> =
                transfer.postings().iter().map(|one| (one.account.kind, one.amount.amount_minor)).collect();
            assert_eq!(lines, [(from, 5), (to, -5)], "{command:?}");
            assert_eq!(transfer.reference().map(|part| part.id), Some(leg.0));
        }
        assert_ne!(of(CreditCommand::Hold).id(), of(CreditCommand::Release).id());
    }
}
