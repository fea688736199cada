//! Refunds of a payment: owed, stopped because a bank was faster, and paid.

use kernel::{Chance, ChargebackId, Instant, LegId, Money, PersonId, RefundId};

use super::PaymentChanges;
use crate::refund_split::split_beyond;
use crate::{
    ChargebackState, IntentState, LegChargeback, LegRefund, PaymentChange, PaymentsError, RefundReason, RefundRequest,
    RefundShare, RefundState, split_refund, templates,
};

/// The result of a paid refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FinishedRefund {
    /// No other refund of the price is pending.
    pub all_arrived: bool,
    /// Only part of what was paid was refunded.
    pub partly: bool,
}

impl PaymentChanges {
    /// Adds refunds of `amount` in all, split over the legs that were captured ([`split_refund`]). Those of legs in `kept` become credit.
    pub fn owe_refund(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        amount: Money,
        reason: RefundReason,
        kept: &[LegId],
    ) -> Result<(), PaymentsError> {
        let shares = split_refund(&self.payment, amount.amount_minor);
        self.owe_shares(chance, now, amount, reason, &shares, kept)
    }

    /// Owes the refund of an approved request. What was `found` of it, such as value left on a bought card, is in the escrow already. The
    /// rest is at our cost: celebrity, fees and tax keep their shares of the price. What a bank took back is not refunded again.
    pub fn grant(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        request: &RefundRequest,
        found: Money,
        by: PersonId,
    ) -> Result<(), PaymentsError> {
        let RefundRequest { id, amount, asked_by, .. } = *request;
        let shares = split_beyond(&self.payment, amount.amount_minor);
        self.is_granted = true;
        self.owe_shares(chance, now, amount, RefundReason::Staff, &shares, &[])?;
        let granted = Money::new(amount.amount_minor - found.amount_minor, amount.currency);
        if granted.amount_minor > 0 {
            self.transfers.push(templates::refund_granted(self.payment.intent.paid_for, id, granted)?);
        }
        self.tell(PaymentChange::RefundApproved { request: id, amount, asked_by, by });
        Ok(())
    }

    fn owe_shares(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        amount: Money,
        reason: RefundReason,
        shares: &[RefundShare],
        kept: &[LegId],
    ) -> Result<(), PaymentsError> {
        if shares.iter().map(|share| share.amount_minor).sum::<i64>() < amount.amount_minor {
            return Err(PaymentsError::RefundTooLarge);
        }
        for RefundShare { leg, amount_minor, covers } in shares {
            let refund = LegRefund::new(chance, now, *leg, Money::new(*amount_minor, amount.currency), reason);
            let is_kept = covers.is_none() && kept.contains(leg);
            self.owe(LegRefund { is_kept, covers: *covers, ..refund })?;
        }
        self.payment.intent.state = IntentState::Refunding;
        Ok(())
    }

    pub(super) fn owe(&mut self, refund: LegRefund) -> Result<(), PaymentsError> {
        let currency = self.payment.intent.due.currency;
        let LegRefund { id, leg: of, amount, reason, is_kept, covers, .. } = refund;
        let leg = self.leg_mut(of)?;
        if amount.currency == currency {
            leg.refunded_minor += amount.amount_minor;
        }
        let method = leg.method;
        self.tell(PaymentChange::RefundOwed { refund: id, leg: of, method, amount, reason, is_kept, covers });
        self.payment.refunds.push(refund.clone());
        self.owed.push(refund);
        Ok(())
    }

    /// Records that a bank took back money of a leg. Pending refunds of that leg that cannot arrive any more, or would give the payer the
    /// money twice, are stopped and make the chargeback good instead.
    pub fn charge_back(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        chargeback: LegChargeback,
    ) -> Result<(), PaymentsError> {
        self.payment.chargebacks.push(chargeback);
        if chargeback.amount.currency != self.payment.intent.due.currency {
            return Ok(());
        }
        let is_on_its_way = |one: &&LegRefund| {
            one.leg == chargeback.leg
                && one.state == RefundState::Pending
                && one.covers.is_none()
                && one.amount.currency == chargeback.amount.currency
        };
        let on_its_way: Vec<LegRefund> = self.payment.refunds.iter().filter(is_on_its_way).cloned().collect();
        for refund in on_its_way.into_iter().rev() {
            // What the provider may have paid already, if only its answer was lost, stays pending: its next answer decides.
            if self.is_missing(refund.leg) && (refund.is_kept || self.cannot_arrive(&refund)?) {
                self.stop(&refund)?;
                self.owe_through(chance, now, &refund)?;
            }
        }
        Ok(())
    }

    /// A bank let a payment stand after all: nothing of that is missing any more. Whoever had it from their bank has it no more, so that
    /// what it counted for is owed to them anew.
    pub fn win_chargeback(&mut self, chance: &dyn Chance, now: Instant, id: ChargebackId) -> Result<(), PaymentsError> {
        let mut chargebacks = self.payment.chargebacks.iter_mut();
        let chargeback = chargebacks.find(|one| one.id == id).ok_or(PaymentsError::NotFound)?;
        (chargeback.taken_back_minor, chargeback.state) = (chargeback.amount.amount_minor, ChargebackState::Closed);
        chargeback.is_won = true;
        let chargeback = *chargeback;
        let counts = |one: &&LegRefund| one.covers == Some(id) && one.state != RefundState::Failed;
        let counted: Vec<LegRefund> = self.payment.refunds.iter().filter(counts).cloned().collect();
        let paid_for = self.payment.intent.paid_for;
        for refund in counted {
            if refund.state == RefundState::Succeeded {
                self.transfers.push(templates::chargeback_uncovered(paid_for, &refund, &chargeback)?);
            }
            self.stop(&refund)?;
            self.owe_through(chance, now, &refund)?;
            if !refund.is_surplus {
                self.payment.intent.state = IntentState::Refunding;
            }
        }
        Ok(())
    }

    /// A provider refuses a refund because a bank has already paid the payer: the refund makes the chargeback good instead. `false` if
    /// there is no chargeback to make good.
    pub fn refuse_refund(&mut self, chance: &dyn Chance, now: Instant, id: RefundId) -> Result<bool, PaymentsError> {
        let refund = self.payment.refunds.iter().find(|refund| refund.id == id).ok_or(PaymentsError::NotFound)?.clone();
        if refund.state != RefundState::Pending || !self.is_missing(refund.leg) {
            return Ok(false);
        }
        self.stop(&refund)?;
        self.owe_through(chance, now, &refund)?;
        Ok(true)
    }

    /// Whether a bank has paid the payer some of this leg that nothing has made good yet.
    fn is_missing(&self, leg: LegId) -> bool {
        self.payment.chargebacks_of(leg).any(|chargeback| self.payment.missing_of(chargeback) > 0)
    }

    /// Whether the provider cannot have paid this refund, and will not: with what the bank took back, more would go out than came in.
    fn cannot_arrive(&self, refund: &LegRefund) -> Result<bool, PaymentsError> {
        let leg = self.payment.leg(refund.leg)?;
        let is_paid = |one: &&LegRefund| {
            one.leg == leg.id
                && one.state == RefundState::Succeeded
                && one.is_paid_by_provider(leg)
                && one.amount.currency == refund.amount.currency
        };
        let paid: i64 = self.payment.refunds.iter().filter(is_paid).map(|one| one.amount.amount_minor).sum();
        let lost = self.payment.chargebacks_of(leg.id).filter(|one| !one.is_won);
        let disputed: i64 = lost.map(|one| one.amount.amount_minor).sum();
        Ok(paid + refund.amount.amount_minor + disputed > leg.captured_minor)
    }

    /// Owes what `refund` says through its leg. The part that the payer already has from their bank makes the chargeback good; only the
    /// rest is paid.
    pub(super) fn owe_through(
        &mut self,
        chance: &dyn Chance,
        now: Instant,
        refund: &LegRefund,
    ) -> Result<(), PaymentsError> {
        let LegRefund { leg, amount, reason, is_surplus, is_kept, .. } = *refund;
        let part = |minor| {
            let part = LegRefund::new(chance, now, leg, Money::new(minor, amount.currency), reason);
            LegRefund { is_surplus, ..part }
        };
        let mut left_minor = amount.amount_minor;
        let is_disputable = amount.currency == self.payment.intent.due.currency;
        let disputed: Vec<LegChargeback> = self.payment.chargebacks_of(leg).copied().collect();
        for chargeback in disputed.iter().filter(|_| is_disputable) {
            let minor = self.payment.missing_of(chargeback).min(left_minor);
            if minor > 0 {
                self.owe(LegRefund { covers: Some(chargeback.id), ..part(minor) })?;
                left_minor -= minor;
            }
        }
        if left_minor > 0 { self.owe(LegRefund { is_kept, ..part(left_minor) }) } else { Ok(()) }
    }

    fn stop(&mut self, refund: &LegRefund) -> Result<(), PaymentsError> {
        let LegRefund { id, leg, amount, .. } = *refund;
        self.leg_mut(leg)?.refunded_minor -= amount.amount_minor;
        for one in self.payment.refunds.iter_mut().filter(|one| one.id == id) {
            one.state = RefundState::Failed;
        }
        self.stopped.push(id);
        // What goes on in its place may be beyond the policy, as it was itself.
        self.is_granted |= refund.reason == RefundReason::Staff;
        self.tell(PaymentChange::RefundStopped { refund: id, leg, amount });
        Ok(())
    }

    /// Records and posts a paid refund; a refund that goes to stored value or becomes credit is posted by the caller, who knows where it
    /// goes. `None` if it was recorded before, or if the refund was of surplus and so not of the price.
    pub fn finish_refund(&mut self, id: RefundId) -> Result<Option<FinishedRefund>, PaymentsError> {
        let paid_for = self.payment.intent.paid_for;
        let refund = self.payment.refunds.iter_mut().find(|refund| refund.id == id).ok_or(PaymentsError::NotFound)?;
        if refund.state != RefundState::Pending {
            return Ok(None);
        }
        refund.state = RefundState::Succeeded;
        let refund = refund.clone();
        self.paid_back.push(id);
        let LegRefund { leg, amount, reason, is_surplus, is_kept, covers, .. } = refund;
        let of = self.payment.leg(leg)?;
        let (method, by_provider) = (of.method, refund.is_paid_by_provider(of));
        if let Some(covered) = covers {
            let mut chargebacks = self.payment.chargebacks.iter_mut();
            let chargeback = chargebacks.find(|one| one.id == covered).ok_or(PaymentsError::NotFound)?;
            chargeback.taken_back_minor += amount.amount_minor;
            self.transfers.push(templates::chargeback_covered(paid_for, &refund, chargeback)?);
        } else if is_surplus {
            self.transfers.push(templates::surplus_returned(paid_for, leg, id, amount)?);
        } else if by_provider {
            self.transfers.push(templates::card_refunded(paid_for, leg, id, amount)?);
        }
        self.tell(PaymentChange::RefundPaid { refund: id, leg, method, amount, reason, is_kept, covers });
        if is_surplus {
            return Ok(None);
        }
        let mut of_price = self.payment.refunds.iter().filter(|refund| !refund.is_surplus);
        let all_arrived = of_price.all(|refund| refund.state != RefundState::Pending);
        let left = self.payment.kept_minor();
        if all_arrived {
            self.payment.intent.state = match left {
                left if left >= self.payment.intent.due.amount_minor => IntentState::Settled,
                1.. => IntentState::PartlyRefunded,
                _ => IntentState::Refunded,
            };
        }
        Ok(Some(FinishedRefund { all_arrived, partly: left > 0 }))
    }
}
