//! A payment: an intent with its legs, receipts and refunds, and the sums over them.

use kernel::{Chance, Instant, IntentId, LegId, Money};

use crate::{
    Intent, IntentState, Leg, LegAttempt, LegChargeback, LegRefund, LegState, NewIntent, NewLeg, PaymentReceipt,
    PaymentsError, RefundState,
};

/// An intent with its legs, receipts and refunds.
#[derive(Debug, Clone)]
pub struct Payment {
    pub intent: Intent,
    /// In the order they were opened.
    pub legs: Vec<Leg>,
    /// Oldest first.
    pub receipts: Vec<PaymentReceipt>,
    /// Oldest first.
    pub refunds: Vec<LegRefund>,
    /// What banks took back. Oldest first.
    pub chargebacks: Vec<LegChargeback>,
}

impl Payment {
    /// A payment by nobody yet.
    pub const fn new(intent: Intent) -> Self {
        Self { intent, legs: Vec::new(), receipts: Vec::new(), refunds: Vec::new(), chargebacks: Vec::new() }
    }

    /// The payment of what nobody tried to pay before.
    pub(crate) fn fresh(chance: &dyn Chance, now: Instant, new: NewIntent) -> Self {
        let NewIntent { paid_for, customer, due, pay_by, settle_by } = new;
        let intent = Intent {
            id: IntentId::new(chance, now),
            paid_for,
            customer,
            due,
            state: IntentState::Open,
            pay_by,
            settle_by,
            created_at: now,
            settled_at: None,
        };
        Self::new(intent)
    }

    /// Another leg, for all that is neither paid nor reserved or the part of it that `new` asks for.
    pub(crate) fn next_leg(&self, chance: &dyn Chance, now: Instant, new: NewLeg<'_>) -> Result<Leg, PaymentsError> {
        if self.intent.state != IntentState::Open {
            return Err(PaymentsError::AlreadyPaid);
        }
        if now >= self.intent.pay_by {
            return Err(PaymentsError::PayByPassed);
        }
        let NewLeg { method, provider, stored, amount, attempt } = new;
        Ok(Leg {
            id: LegId::new(chance, now),
            intent: self.intent.id,
            position: self.legs.last().map_or(1, |leg| leg.position + 1),
            method,
            provider: provider.to_owned(),
            share: self.next_share(amount)?,
            state: if method.is_stored() { LegState::Held } else { LegState::Created },
            provider_ref: stored.map(|id| id.to_string()),
            action_url: None,
            failure_code: None,
            captured_minor: 0,
            surplus_minor: 0,
            refunded_minor: 0,
            given_up_at: None,
            created_at: now,
            attempt,
        })
    }

    /// One of its legs.
    pub fn leg(&self, id: LegId) -> Result<&Leg, PaymentsError> {
        self.legs.iter().find(|leg| leg.id == id).ok_or(PaymentsError::NotFound)
    }

    /// The legs of which money may still come from a provider, given up or not.
    pub fn open_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_open())
    }

    /// The leg that an attempt opened.
    pub fn leg_of(&self, attempt: LegAttempt) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.attempt.is_some_and(|opened_by| opened_by.id == attempt.id))
    }

    /// The legs of which money may still come: open ones, and failed ones whose provider has not said how the charge ended.
    pub fn undecided_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.is_open() || leg.is_unheard_of())
    }

    /// The open legs that nobody waits for any more: given up, or of an intent that is closed.
    pub fn needless_legs(&self) -> impl Iterator<Item = &Leg> {
        let is_closed = self.intent.state != IntentState::Open;
        self.open_legs().filter(move |leg| is_closed || leg.given_up_at.is_some())
    }

    /// What was captured and not refunded, over all legs.
    pub fn kept_minor(&self) -> i64 {
        self.legs.iter().map(Leg::kept_minor).sum()
    }

    /// What banks took back of a leg, in the currency of the payment.
    pub fn chargebacks_of(&self, leg: LegId) -> impl Iterator<Item = &LegChargeback> {
        let currency = self.intent.due.currency;
        self.chargebacks.iter().filter(move |one| one.leg == leg && one.amount.currency == currency)
    }

    /// The part of a chargeback that was not found and that no pending refund will make good. The payer has it from their bank.
    pub fn missing_of(&self, chargeback: &LegChargeback) -> i64 {
        let is_coming = |one: &&LegRefund| one.covers == Some(chargeback.id) && one.state == RefundState::Pending;
        let coming: i64 = self.refunds.iter().filter(is_coming).map(|one| one.amount.amount_minor).sum();
        chargeback.amount.amount_minor - chargeback.taken_back_minor - coming
    }

    /// What banks took back, and did not give back, in the currency of the payment.
    pub fn charged_back_minor(&self) -> i64 {
        let lost = |leg: &Leg| self.chargebacks_of(leg.id).filter(|one| !one.is_won).map(|one| one.amount.amount_minor);
        self.legs.iter().flat_map(lost).sum()
    }

    /// What is kept of a leg, less what the payer has back from their bank.
    pub fn undisputed_minor(&self, leg: &Leg) -> i64 {
        let disputed: i64 = self.chargebacks_of(leg.id).map(|one| self.missing_of(one)).sum();
        (leg.kept_minor() - disputed).max(0)
    }

    /// What may be given back beyond what banks took, over all legs.
    pub fn refundable_minor(&self) -> i64 {
        self.legs.iter().map(|leg| self.undisputed_minor(leg)).sum()
    }

    /// Paid or reserved by open legs: never more than what is due.
    pub fn reserved_minor(&self) -> i64 {
        self.kept_minor() + self.legs.iter().map(Leg::reserved_minor).sum::<i64>()
    }

    /// The part of the price that is not paid.
    pub fn uncovered_minor(&self) -> i64 {
        self.intent.due.amount_minor - self.kept_minor()
    }

    /// The legs whose stored value is set aside for this payment.
    pub fn held_legs(&self) -> impl Iterator<Item = &Leg> {
        self.legs.iter().filter(|leg| leg.holds_value() && leg.is_under_way())
    }

    /// The legs of stored value that came off with the last card that was set aside and not paid, and were not put back on since.
    pub fn legs_that_came_off(&self) -> impl Iterator<Item = &Leg> {
        let is_open = self.intent.state == IntentState::Open;
        let last = self.legs.iter().filter(|leg| leg.came_off()).filter_map(|leg| leg.given_up_at).max();
        let is_back = |leg: &Leg| {
            let same = |other: &&Leg| other.method == leg.method && other.provider_ref == leg.provider_ref;
            self.legs.iter().filter(same).any(|other| other.position > leg.position)
        };
        self.legs.iter().filter(move |leg| is_open && leg.came_off() && leg.given_up_at == last && !is_back(leg))
    }

    /// Refuses to take `due` by card where the payer agreed to another amount. Who names none agrees to the whole price, which is not what
    /// is due once something was applied.
    pub fn check_agreed(&self, due: Money, expected_minor: Option<i64>) -> Result<(), PaymentsError> {
        match expected_minor {
            Some(expected_minor) if expected_minor != due.amount_minor => {
                Err(PaymentsError::AmountChanged { expected: Money::new(expected_minor, due.currency), due })
            }
            None if self.legs.iter().any(|leg| leg.method.is_stored()) => Err(PaymentsError::AmountNotNamed { due }),
            _ => Ok(()),
        }
    }

    /// What is missing of the price beyond what is paid and the stored value that is set aside.
    pub fn missing_minor(&self) -> i64 {
        self.uncovered_minor() - self.held_legs().map(|leg| leg.share.amount_minor).sum::<i64>()
    }

    /// What is neither paid nor reserved, of a payment that can still be paid.
    pub fn remaining_minor(&self) -> i64 {
        match self.intent.state {
            IntentState::Open => (self.intent.due.amount_minor - self.reserved_minor()).max(0),
            _ => 0,
        }
    }

    /// Whether capturing this authorised leg completes the price.
    pub fn is_completed_by(&self, leg: &Leg) -> bool {
        let is_wanted = self.intent.state == IntentState::Open && leg.is_authorised() && leg.is_under_way();
        is_wanted && self.missing_minor() == leg.share.amount_minor
    }

    /// The amount of the next leg: what is neither paid nor reserved, or the `asked` part of it.
    pub fn next_share(&self, asked: Option<Money>) -> Result<Money, PaymentsError> {
        let share_minor = self.intent.due.amount_minor - self.reserved_minor();
        if self.uncovered_minor() <= 0 {
            return Err(PaymentsError::AlreadyPaid);
        }
        if self.missing_minor() <= 0 {
            return Err(PaymentsError::Covered);
        }
        if share_minor <= 0 {
            return Err(PaymentsError::AlreadyPaying);
        }
        let left = Money::new(share_minor, self.intent.due.currency);
        match asked {
            None => Ok(left),
            Some(asked) if asked.currency == left.currency && (1..=share_minor).contains(&asked.amount_minor) => {
                Ok(asked)
            }
            Some(asked) => Err(PaymentsError::ShareTooLarge { asked, left }),
        }
    }
}

#[cfg(test)]
mod tests;
