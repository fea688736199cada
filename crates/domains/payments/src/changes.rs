//! Changes of a locked payment: decided here without I/O, and saved with one statement.

mod refunds;

use kernel::{Chance, Instant, LegId, Money, RefundId};
use ledger::Transfer;

use crate::leg::CARD_FAILED;
use crate::update::{Received, decide_update};
use crate::{
    Intent, IntentState, Leg, LegRefund, LegState, LegUpdate, Payment, PaymentChange, PaymentEvent, PaymentReceipt,
    PaymentsError, templates,
};

/// A locked payment with its changes.
#[derive(Debug)]
pub struct PaymentChanges {
    payment: Payment,
    pub(crate) changed_legs: Vec<LegId>,
    pub(crate) receipts: Vec<PaymentReceipt>,
    pub(crate) owed: Vec<LegRefund>,
    pub(crate) paid_back: Vec<RefundId>,
    pub(crate) stopped: Vec<RefundId>,
    pub(crate) events: Vec<PaymentEvent>,
    pub(crate) transfers: Vec<Transfer>,
    given_up: Vec<LegId>,
    is_granted: bool,
}

impl PaymentChanges {
    /// No changes yet.
    pub const fn of(payment: Payment) -> Self {
        Self {
            payment,
            changed_legs: Vec::new(),
            receipts: Vec::new(),
            owed: Vec::new(),
            paid_back: Vec::new(),
            stopped: Vec::new(),
            events: Vec::new(),
            transfers: Vec::new(),
            given_up: Vec::new(),
            is_granted: false,
        }
    }

    /// The payment with the changes so far.
    pub const fn payment(&self) -> &Payment {
        &self.payment
    }

    /// The payment after all changes.
    pub fn into_payment(self) -> Payment {
        self.payment
    }

    /// The payment after all changes, and their transfers.
    pub fn into_parts(self) -> (Payment, Vec<Transfer>) {
        (self.payment, self.transfers)
    }

    /// The refunds that these changes add, for the jobs that pay them.
    pub fn owed(&self) -> impl Iterator<Item = &LegRefund> {
        self.owed.iter()
    }

    /// Whether some of these refunds may be beyond the policy.
    pub const fn is_granted(&self) -> bool {
        self.is_granted
    }

    /// The legs that these changes give up and a provider knows, for the job that cancels them there.
    pub fn given_up(&self) -> &[LegId] {
        &self.given_up
    }

    /// Records a provider's update of a leg. If `is_wanted` is false, the booking needs no more money, and
    /// all of it is surplus that is refunded. Returns whether some of the money counts towards the price.
    pub fn record_result(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        leg: LegId,
        provider_ref: Option<String>,
        update: LegUpdate,
        is_wanted: bool,
    ) -> Result<bool, PaymentsError> {
        let wanted_minor = if is_wanted { self.payment.uncovered_minor().max(0) } else { 0 };
        let Some(updated) = decide_update(&self.payment, self.payment.leg(leg)?, update, wanted_minor) else {
            return Ok(false);
        };
        let before = self.leg_mut(leg)?;
        let has_failed = updated.state == LegState::Failed && before.state != LegState::Failed;
        let was_authorised = before.is_authorised() && before.is_under_way();
        before.state = updated.state;
        before.action_url = updated.action_url;
        before.failure_code = updated.failure_code;
        before.provider_ref = provider_ref.or(before.provider_ref.take());
        if has_failed {
            let change = PaymentChange::LegFailed {
                leg,
                method: before.method,
                provider: before.provider.clone(),
                amount: before.share,
                code: before.failure_code.clone().unwrap_or_default(),
            };
            self.tell(change);
        }
        if was_authorised && matches!(updated.state, LegState::Failed | LegState::Void) {
            // What was to be taken together is free again: the payer is told, and chooses anew.
            self.set_free(now);
        }
        let Some(received) = updated.receipt else { return Ok(false) };
        let counts = received.surplus_minor < received.amount.amount_minor;
        self.receive(chance, now, leg, received)?;
        self.give_up_crowded_out(now);
        Ok(counts)
    }

    /// Records a receipt and posts it; its surplus becomes a refund.
    fn receive(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        id: LegId,
        received: Received,
    ) -> Result<(), PaymentsError> {
        let Received { event, amount, surplus_minor, reason } = received;
        let (paid_for, currency) = (self.payment.intent.paid_for, self.payment.intent.due.currency);
        let leg = self.leg_mut(id)?;
        // The sums of a leg are in the intent's currency; a receipt in another currency is all surplus and is not added to them.
        if amount.currency == currency {
            leg.captured_minor += amount.amount_minor;
            leg.surplus_minor += surplus_minor;
        }
        let (method, provider) = (leg.method, leg.provider.clone());
        let receipt = PaymentReceipt {
            id: chance.uuid(now),
            leg: id,
            provider: provider.clone(),
            event,
            amount,
            surplus_minor,
            received_at: now,
        };
        let (applied, surplus) = (amount.amount_minor - surplus_minor, Money::new(surplus_minor, amount.currency));
        if applied > 0 {
            let named_by = if method.takes_exact_share() { id.0 } else { receipt.id };
            self.transfers.push(templates::card_captured(paid_for, id, named_by, Money::new(applied, currency))?);
        }
        if surplus_minor > 0 {
            self.transfers.push(templates::surplus_received(paid_for, id, receipt.id, surplus)?);
        }
        self.payment.receipts.push(receipt.clone());
        self.receipts.push(receipt);
        self.tell(PaymentChange::LegCaptured { leg: id, method, provider, amount, surplus_minor });
        if surplus_minor > 0 {
            let refund = LegRefund { is_surplus: true, ..LegRefund::new(chance, now, id, surplus, reason) };
            self.owe_through(chance, now, &refund)?;
        }
        Ok(())
    }

    /// The price is covered and the booking confirmed: gives up the other open legs.
    pub fn settle(&mut self, now: Instant) {
        let intent = &mut self.payment.intent;
        intent.state = IntentState::Settled;
        intent.settled_at.get_or_insert(now);
        let due = intent.due;
        self.tell(PaymentChange::Settled { due });
        self.give_up_open(now);
    }

    /// Closes the intent because it was not paid in time or need not be paid any more.
    pub fn close_unpaid(&mut self, now: Instant) {
        if self.payment.intent.state == IntentState::Open {
            self.payment.intent.state = IntentState::Expired;
        }
        self.give_up_open(now);
    }

    /// Gives up all open legs.
    pub fn give_up_open(&mut self, now: Instant) {
        let open: Vec<LegId> = self.payment.legs.iter().filter(|leg| leg.is_under_way()).map(|leg| leg.id).collect();
        for leg in open {
            self.give_up(leg, now);
        }
    }

    /// Gives up all open legs because the bank did not give what the card had set aside.
    fn set_free(&mut self, now: Instant) {
        self.give_up_open(now);
        for leg in self.payment.legs.iter_mut().filter(|leg| leg.holds_value() && leg.given_up_at == Some(now)) {
            leg.failure_code = Some(CARD_FAILED.to_owned());
        }
    }

    /// Money on a given-up leg can make the reserved sum exceed what is due; then the latest open legs are given up.
    fn give_up_crowded_out(&mut self, now: Instant) {
        while self.payment.reserved_minor() > self.payment.intent.due.amount_minor {
            let Some(leg) = self.payment.legs.iter().rev().find(|leg| leg.is_under_way()) else { return };
            let id = leg.id;
            self.give_up(id, now);
        }
    }

    fn give_up(&mut self, id: LegId, now: Instant) {
        let Ok(leg) = self.leg_mut(id) else { return };
        leg.given_up_at.get_or_insert(now);
        if !leg.method.is_stored() {
            self.given_up.push(id);
        }
    }

    /// Gives up one leg that holds stored value, because the payer wants to pay another way.
    pub fn withdraw(&mut self, id: LegId, now: Instant) -> Result<(), PaymentsError> {
        let leg = self.payment.leg(id)?;
        if !leg.holds_value() || !leg.is_under_way() {
            return Err(PaymentsError::NotHeld);
        }
        self.give_up(id, now);
        Ok(())
    }

    /// Takes the stored value of all legs that hold some for this payment, and returns these legs. Whoever calls posts its movement.
    pub fn take_held(&mut self, chance: &dyn Chance, now: Instant) -> Result<Vec<Leg>, PaymentsError> {
        let held: Vec<LegId> = self.payment.held_legs().map(|leg| leg.id).collect();
        let mut taken = Vec::new();
        for id in held {
            let leg = self.leg_mut(id)?;
            leg.state = LegState::Captured;
            leg.captured_minor = leg.share.amount_minor;
            let Leg { method, provider, share, .. } = leg.clone();
            taken.push(leg.clone());
            let receipt = PaymentReceipt {
                id: chance.uuid(now),
                leg: id,
                provider: provider.clone(),
                event: id.to_string(),
                amount: share,
                surplus_minor: 0,
                received_at: now,
            };
            self.payment.receipts.push(receipt.clone());
            self.receipts.push(receipt);
            self.tell(PaymentChange::LegCaptured { leg: id, method, provider, amount: share, surplus_minor: 0 });
        }
        Ok(taken)
    }

    /// Closes the legs that were given up while they held stored value, and returns them. Whoever calls posts its movement back.
    pub fn release_held(&mut self) -> Result<Vec<Leg>, PaymentsError> {
        let needless = self.payment.legs.iter().filter(|leg| leg.holds_value() && leg.given_up_at.is_some());
        let ids: Vec<LegId> = needless.map(|leg| leg.id).collect();
        let mut released = Vec::new();
        for id in ids {
            let leg = self.leg_mut(id)?;
            leg.state = LegState::Void;
            released.push(leg.clone());
        }
        Ok(released)
    }

    /// Adds a transfer to be posted with these changes.
    pub fn also_post(&mut self, transfer: Transfer) {
        self.transfers.push(transfer);
    }

    fn leg_mut(&mut self, id: LegId) -> Result<&mut Leg, PaymentsError> {
        if !self.changed_legs.contains(&id) {
            self.changed_legs.push(id);
        }
        self.payment.legs.iter_mut().find(|leg| leg.id == id).ok_or(PaymentsError::NotFound)
    }

    fn tell(&mut self, change: PaymentChange) {
        let Intent { id, paid_for, .. } = self.payment.intent;
        self.events.push(PaymentEvent { intent: id, paid_for, change });
    }
}

#[cfg(test)]
mod histories;
#[cfg(test)]
mod tests;
