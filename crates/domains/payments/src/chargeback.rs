//! Chargebacks: money that a bank takes back from us, and the cases that our staff close.

use chrono::{DateTime, Utc};
use kernel::text::text_fault;
use kernel::{Chance, ChargebackId, Instant, IntentId, LegId, Money, PersonId};
use ledger::Account;

use crate::leg_chargeback::{ChargebackState, LegChargeback, receivable};
use crate::{PaidFor, Payment, PaymentsError};

/// What a provider says of a dispute.
#[derive(Debug, Clone)]
pub struct Dispute<'provider> {
    pub provider: &'provider str,
    pub dispute_ref: &'provider str,
    pub amount: Money,
    pub opened_at: Instant,
}

/// Money that a bank took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chargeback {
    pub id: ChargebackId,
    pub intent: IntentId,
    pub leg: LegId,
    pub paid_for: PaidFor,
    /// Who had paid.
    pub customer: PersonId,
    pub provider: String,
    pub dispute_ref: String,
    pub amount: Money,
    /// What was found of it: on the gift cards that were bought with it, in credit, or in a refund that whoever paid has from their bank.
    pub taken_back: Money,
    pub state: ChargebackState,
    /// What became of it, by whoever closed it.
    pub note: Option<String>,
    /// `None` where nothing was left to do.
    pub closed_by: Option<PersonId>,
    pub closed_at: Option<DateTime<Utc>>,
    /// When we learned that the bank lets the payment stand after all. Then all of it counts as found.
    pub won_at: Option<DateTime<Utc>>,
    /// When it was disputed, and when we learned of it.
    pub opened_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
}

impl Chargeback {
    /// A dispute of a leg of a payment.
    pub fn new(payment: &Payment, leg: LegId, dispute: &Dispute<'_>, chance: &dyn Chance, now: Instant) -> Self {
        Self {
            id: ChargebackId::new(chance, now),
            intent: payment.intent.id,
            leg,
            paid_for: payment.intent.paid_for,
            customer: payment.intent.customer,
            provider: dispute.provider.to_owned(),
            dispute_ref: dispute.dispute_ref.to_owned(),
            amount: dispute.amount,
            taken_back: Money::new(0, dispute.amount.currency),
            state: ChargebackState::Open,
            note: None,
            closed_by: None,
            closed_at: None,
            won_at: None,
            opened_at: dispute.opened_at,
            recorded_at: now,
        }
    }

    /// What was not found again.
    pub const fn rest(&self) -> Money {
        Money::new(self.amount.amount_minor - self.taken_back.amount_minor, self.amount.currency)
    }

    /// Where what was taken stands until it is found or written off.
    pub const fn receivable(&self) -> Account {
        receivable(self.id)
    }

    /// What the payment that it is about needs to know of it.
    pub(crate) const fn of_leg(&self) -> LegChargeback {
        let Self { id, leg, amount, state, .. } = *self;
        let is_won = self.won_at.is_some();
        LegChargeback { id, leg, amount, taken_back_minor: self.taken_back.amount_minor, state, is_won }
    }

    /// The case after `found` of it was found. With nothing left it needs nobody; one that was closed stays as it is, and lost less.
    pub fn found(self, found: Money, now: Instant) -> Self {
        let taken_back = Money::new(self.taken_back.amount_minor + found.amount_minor, found.currency);
        let after = Self { taken_back, ..self };
        match after.rest().amount_minor {
            0 if after.state == ChargebackState::Open => {
                Self { state: ChargebackState::Closed, closed_at: Some(now), ..after }
            }
            _ => after,
        }
    }

    /// The case after the bank let the payment stand.
    pub fn won(self, now: Instant) -> Result<Self, PaymentsError> {
        if self.won_at.is_some() {
            return Err(PaymentsError::AlreadyDecided);
        }
        let closed_at = self.closed_at.or(Some(now));
        Ok(Self { taken_back: self.amount, state: ChargebackState::Closed, closed_at, won_at: Some(now), ..self })
    }

    /// The case after one of our staff has closed it.
    pub fn closed(self, note: &str, by: PersonId, now: Instant) -> Result<Self, PaymentsError> {
        if let Some(fault) = text_fault("note", note) {
            return Err(PaymentsError::Fields(vec![fault]));
        }
        if self.state == ChargebackState::Closed {
            return Err(PaymentsError::AlreadyDecided);
        }
        let note = Some(note.trim().to_owned());
        Ok(Self { state: ChargebackState::Closed, note, closed_by: Some(by), closed_at: Some(now), ..self })
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Currency, SeededChance};
    use uuid::Uuid;

    use super::*;
    use crate::leg_chargeback::CHARGEBACK_LOSSES;
    use crate::samples::{now, payment};

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::Usd)
    }

    fn case() -> Chargeback {
        let dispute = Dispute { provider: "sandbox", dispute_ref: "one", amount: usd(500), opened_at: now() };
        Chargeback::new(&payment(), LegId(Uuid::from_u128(1)), &dispute, &SeededChance::new(1), now())
    }

    #[test]
    fn a_case_is_open_until_all_of_it_was_found() {
        let part = case().found(usd(499), now());
        assert_eq!((part.rest(), part.state, part.closed_at), (usd(1), ChargebackState::Open, None));
        let all = part.found(usd(1), now());
        assert_eq!((all.rest(), all.state, all.closed_at), (usd(0), ChargebackState::Closed, Some(now())));
        assert_eq!(all.closed_by, None);
    }

    #[test]
    fn what_is_found_of_a_closed_case_makes_its_loss_good() {
        let by = PersonId(Uuid::from_u128(2));
        assert_eq!(case().of_leg().made_good_to(), case().receivable());
        let closed = case().closed("Lost", by, now()).expect("may be");
        assert_eq!(closed.of_leg().made_good_to(), CHARGEBACK_LOSSES);
        let found = closed.found(usd(500), now() + chrono::TimeDelta::days(1));
        assert_eq!((found.rest(), found.closed_by, found.closed_at), (usd(0), Some(by), Some(now())));
    }

    #[test]
    fn what_is_won_is_found_whoever_had_closed_it_and_won_once() {
        let (by, later) = (PersonId(Uuid::from_u128(2)), now() + chrono::TimeDelta::days(1));
        let won = case().found(usd(200), now()).won(later).expect("may be");
        assert_eq!(
            (won.rest(), won.state, won.closed_at, won.won_at),
            (usd(0), ChargebackState::Closed, Some(later), Some(later))
        );
        assert!(won.of_leg().is_won && !case().of_leg().is_won);
        assert!(matches!(won.won(later), Err(PaymentsError::AlreadyDecided)));
        let closed = case().closed("Lost", by, now()).expect("may be").won(later).expect("may be");
        assert_eq!((closed.closed_by, closed.closed_at, closed.won_at), (Some(by), Some(now()), Some(later)));
    }

    #[test]
    fn it_is_closed_once_and_with_a_note() {
        let by = PersonId(Uuid::from_u128(2));
        for note in ["", " ", &"x".repeat(201)] {
            assert!(matches!(case().closed(note, by, now()), Err(PaymentsError::Fields(_))), "{note:?}");
        }
        let closed = case().closed(" The bank agreed ", by, now()).expect("may be");
        assert_eq!((closed.note.as_deref(), closed.closed_by), (Some("The bank agreed"), Some(by)));
        assert_eq!((closed.state, closed.rest()), (ChargebackState::Closed, usd(500)));
        assert!(matches!(closed.closed("Again", by, now()), Err(PaymentsError::AlreadyDecided)));
    }
}
