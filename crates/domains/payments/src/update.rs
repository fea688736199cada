//! A provider's update of a leg, and what it changes. Pure.

use kernel::Money;

use crate::{Leg, LegState, OTHER_AMOUNT, Payment, RefundReason};

/// A provider's update of a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegUpdate {
    /// Money arrived; `event` is the provider's id of that event.
    Received {
        event: String,
        amount: Money,
    },
    Failed {
        code: String,
    },
    ActionRequired {
        url: String,
    },
    Processing,
    /// The provider has set the money aside, to be captured.
    Held,
    Void,
}

/// A leg after an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpdatedLeg {
    pub state: LegState,
    pub action_url: Option<String>,
    pub failure_code: Option<String>,
    pub receipt: Option<Received>,
}

/// Money that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Received {
    pub event: String,
    pub amount: Money,
    pub surplus_minor: i64,
    /// The reason for refunding the surplus.
    pub reason: RefundReason,
}

/// The leg after `update`; `None` if nothing changes. `wanted_minor` is what the booking still needs.
///
/// Money always counts. Other updates count only while the leg is open. A failure or a cancellation also counts if the provider had not
/// heard of the charge before, or had set the money aside.
pub(crate) fn decide_update(payment: &Payment, leg: &Leg, update: LegUpdate, wanted_minor: i64) -> Option<UpdatedLeg> {
    let is_last_word = matches!(update, LegUpdate::Failed { .. } | LegUpdate::Void);
    let is_news = leg.state.is_open() || ((leg.is_unheard_of() || leg.is_authorised()) && is_last_word);
    let plain = |state| UpdatedLeg { state, action_url: None, failure_code: leg.failure_code.clone(), receipt: None };
    match update {
        LegUpdate::Received { event, amount } => {
            let has_receipt = payment.receipts.iter().any(|one| one.provider == leg.provider && one.event == event);
            // The charge that a leg was captured by is known by the leg itself, whoever wrote it down.
            let is_capture = leg.state == LegState::Captured && leg.provider_ref.as_ref() == Some(&event);
            if has_receipt || is_capture { None } else { Some(decide_receipt(leg, event, amount, wanted_minor)) }
        }
        _ if !is_news => None,
        LegUpdate::Failed { code } => Some(UpdatedLeg { failure_code: Some(code), ..plain(LegState::Failed) }),
        LegUpdate::ActionRequired { url } => {
            Some(UpdatedLeg { action_url: Some(url), ..plain(LegState::ActionRequired) })
        }
        LegUpdate::Processing => Some(plain(LegState::Processing)),
        LegUpdate::Held => Some(plain(LegState::Held)),
        LegUpdate::Void => Some(plain(LegState::Void)),
    }
}

/// Money counts up to the leg's share and up to what the booking needs. The rest is surplus.
fn decide_receipt(leg: &Leg, event: String, amount: Money, wanted_minor: i64) -> UpdatedLeg {
    let missing = leg.share.amount_minor - leg.applied_minor();
    let is_exact = amount == Money::new(missing, leg.share.currency);
    let room = missing.min(wanted_minor).max(0);
    let applied = match leg.method.takes_exact_share() {
        _ if amount.currency != leg.share.currency => 0,
        true if !is_exact || amount.amount_minor > room => 0,
        _ => amount.amount_minor.min(room),
    };
    let is_mistake = leg.method.takes_exact_share() && !is_exact;
    let state = match leg.state {
        LegState::Captured => LegState::Captured,
        _ if is_mistake => LegState::Failed,
        _ if amount.currency == leg.share.currency && amount.amount_minor >= missing => LegState::Captured,
        state if state.is_open() => LegState::Processing,
        state => state,
    };
    let is_second = leg.state == LegState::Captured;
    let is_wrong = is_mistake && !is_second;
    UpdatedLeg {
        state,
        action_url: None,
        failure_code: if is_wrong { Some(OTHER_AMOUNT.to_owned()) } else { None },
        receipt: Some(Received {
            event,
            amount,
            surplus_minor: amount.amount_minor - applied,
            reason: if is_wrong { RefundReason::OtherAmount } else { RefundReason::PaidTwice },
        }),
    }
}

#[cfg(test)]
mod tests;
