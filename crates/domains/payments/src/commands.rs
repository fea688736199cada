//! The commands of this domain: lock, decide, save with one statement, post to the ledger with another.

use database::Tx;
use kernel::{Chance, Instant, IntentId, LegId};
use ledger::Transfer;

use crate::intent::{Intent, IntentState, NewIntent};
use crate::leg::{Leg, LegState, NewLeg};
use crate::{PaidFor, Payment, PaymentChange, PaymentChanges, PaymentEvent, PaymentsError, store};

/// Locks a payment. Lock order: the booking must be locked before.
pub async fn lock(tx: &mut Tx, id: IntentId) -> Result<Payment, PaymentsError> {
    store::intents::lock(tx, Some(id), None).await?.ok_or(PaymentsError::NotFound)
}

/// Locks the open payment of a booking or purchase, or the latest one; `None` if nobody tried to pay. What is paid for must be locked
/// before.
pub async fn lock_of(tx: &mut Tx, paid_for: impl Into<PaidFor>) -> Result<Option<Payment>, PaymentsError> {
    store::intents::lock(tx, None, Some(paid_for.into())).await
}

/// Opens a leg, and an intent if none is open. `payment` is the locked payment of the booking; returns its new state. While it is locked
/// nobody else reserves, so the shares of all legs never exceed what is due.
pub async fn open_leg(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    payment: Option<Payment>,
    new: NewIntent,
    NewLeg { method, provider, stored, amount, attempt }: NewLeg<'_>,
) -> Result<(Payment, LegId), PaymentsError> {
    let open = payment.filter(|payment| !payment.intent.state.is_over());
    let is_new = open.is_none();
    let mut payment = open.unwrap_or_else(|| fresh(chance, now, new));
    if payment.intent.state != IntentState::Open {
        return Err(PaymentsError::AlreadyPaid);
    }
    if now >= payment.intent.pay_by {
        return Err(PaymentsError::PayByPassed);
    }
    let leg = Leg {
        id: LegId::new(chance, now),
        intent: payment.intent.id,
        position: payment.legs.last().map_or(1, |leg| leg.position + 1),
        method,
        provider: provider.to_owned(),
        share: payment.next_share(amount)?,
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
    };
    let opened = PaymentEvent {
        intent: payment.intent.id,
        paid_for: payment.intent.paid_for,
        change: PaymentChange::Opened { due: payment.intent.due },
    };
    let id = leg.id;
    store::legs::open(tx, chance, now, &leg, is_new.then_some((&payment.intent, &opened))).await?;
    payment.legs.push(leg);
    Ok((payment, id))
}

fn fresh(chance: &dyn Chance, now: Instant, new: NewIntent) -> Payment {
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
    Payment { intent, legs: Vec::new(), receipts: Vec::new(), refunds: Vec::new() }
}

/// Saves changes of a locked payment with their facts, and posts their transfers.
pub async fn save(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    changes: &PaymentChanges,
) -> Result<(), PaymentsError> {
    store::save(tx, chance, now, changes).await?;
    post(tx, chance, now, &changes.transfers).await
}

/// Forgets which attempts opened the legs from before `before`, as their answers are forgotten.
pub async fn forget_attempts(tx: &mut Tx, before: Instant) -> Result<(), PaymentsError> {
    store::legs::forget_attempts(tx, before).await
}

/// Posts transfers that do not change a payment.
pub async fn post(tx: &mut Tx, chance: &dyn Chance, now: Instant, transfers: &[Transfer]) -> Result<(), PaymentsError> {
    Ok(ledger::post(tx, chance, now, transfers).await.map(drop)?)
}
