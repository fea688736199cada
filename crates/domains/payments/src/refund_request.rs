//! Refunds beyond what a policy gives: one of our staff asks, and another one decides.

use chrono::{DateTime, Utc};
use kernel::text::text_fault;
use kernel::{Chance, FieldFault, Instant, IntentId, Money, PersonId, RefundRequestId, closed_set};

use crate::{PaidFor, Payment, PaymentsError};

closed_set! {
    /// How far a request has come.
    RefundRequestState {
        /// Nobody has decided yet.
        Open = "open",
        /// The refund is owed.
        Approved = "approved",
        Declined = "declined",
    }
}

/// What is decided about a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundDecision {
    Approve,
    Decline,
}

/// A refund that one of our staff asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    pub id: RefundRequestId,
    pub intent: IntentId,
    pub paid_for: PaidFor,
    pub amount: Money,
    /// For our staff; the customer does not read it.
    pub reason: String,
    pub state: RefundRequestState,
    pub asked_by: PersonId,
    pub asked_at: DateTime<Utc>,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<DateTime<Utc>>,
}

impl RefundRequest {
    /// A request for a part of what was captured for a locked payment and neither refunded nor taken back by a bank, or all of that.
    pub fn new(
        payment: &Payment,
        chance: &dyn Chance,
        now: Instant,
        amount_minor: i64,
        reason: &str,
        by: PersonId,
    ) -> Result<Self, PaymentsError> {
        let amount = Money::new(amount_minor, payment.intent.due.currency);
        let mut faults: Vec<FieldFault> = text_fault("reason", reason).into_iter().collect();
        if amount_minor <= 0 {
            faults.push(FieldFault::new("amount_minor", "out_of_range", "Ask for more than nothing."));
        }
        if !faults.is_empty() {
            return Err(PaymentsError::Fields(faults));
        }
        if amount_minor > payment.refundable_minor() {
            return Err(PaymentsError::RefundTooLarge);
        }
        Ok(Self {
            id: RefundRequestId::new(chance, now),
            intent: payment.intent.id,
            paid_for: payment.intent.paid_for,
            amount,
            reason: reason.trim().to_owned(),
            state: RefundRequestState::Open,
            asked_by: by,
            asked_at: now,
            decided_by: None,
            decided_at: None,
        })
    }

    /// The request after a decision. Who asked may take it back, and not approve it.
    pub fn decided(self, decision: RefundDecision, by: PersonId, now: Instant) -> Result<Self, PaymentsError> {
        let state = match decision {
            _ if self.state != RefundRequestState::Open => return Err(PaymentsError::AlreadyDecided),
            RefundDecision::Approve if by == self.asked_by => return Err(PaymentsError::OwnRequest),
            RefundDecision::Approve => RefundRequestState::Approved,
            RefundDecision::Decline => RefundRequestState::Declined,
        };
        Ok(Self { state, decided_by: Some(by), decided_at: Some(now), ..self })
    }
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;
    use uuid::Uuid;

    use super::*;
    use crate::samples::{leg, now, payment};
    use crate::{LegState, PaymentMethod};

    const ONE: PersonId = PersonId(Uuid::from_u128(1));
    const OTHER: PersonId = PersonId(Uuid::from_u128(2));

    /// A payment of which 1,000 were captured and 300 refunded.
    fn paid() -> Payment {
        let mut paid = leg(0, PaymentMethod::Card, 1_000);
        (paid.state, paid.captured_minor, paid.refunded_minor) = (LegState::Captured, 1_000, 300);
        Payment { legs: vec![paid], ..payment() }
    }

    fn ask(minor: i64, reason: &str) -> Result<RefundRequest, PaymentsError> {
        RefundRequest::new(&paid(), &SeededChance::new(1), now(), minor, reason, ONE)
    }

    #[test]
    fn it_is_for_more_than_nothing_and_at_most_what_is_left() {
        for (minor, is_fine) in [(-1, false), (0, false), (1, true), (700, true)] {
            assert_eq!(ask(minor, "Rain").is_ok(), is_fine, "{minor}");
        }
        assert!(matches!(ask(701, "Rain"), Err(PaymentsError::RefundTooLarge)));
        for reason in ["", " ", "\u{200b}", &"x".repeat(201)] {
            let fields: Vec<String> = match ask(1, reason) {
                Err(PaymentsError::Fields(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
                other => panic!("{other:?}"),
            };
            assert_eq!(fields, vec!["reason".to_owned()], "{reason:?}");
        }
    }

    #[test]
    fn another_one_decides_once() {
        let open = || ask(700, "Rain").expect("is fine");
        let own = open().decided(RefundDecision::Approve, ONE, now());
        assert!(matches!(own, Err(PaymentsError::OwnRequest)));
        let taken_back = open().decided(RefundDecision::Decline, ONE, now()).expect("may be");
        assert_eq!((taken_back.state, taken_back.decided_by), (RefundRequestState::Declined, Some(ONE)));
        let approved = open().decided(RefundDecision::Approve, OTHER, now()).expect("may be");
        assert_eq!((approved.state, approved.decided_by), (RefundRequestState::Approved, Some(OTHER)));
        for decision in [RefundDecision::Approve, RefundDecision::Decline] {
            let again = approved.clone().decided(decision, OTHER, now());
            assert!(matches!(again, Err(PaymentsError::AlreadyDecided)), "{decision:?}");
        }
    }
}
