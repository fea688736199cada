//! The commands of this domain: lock, decide, save with one statement, post to the ledger with another.

use database::Tx;
use kernel::{Chance, Instant, IntentId, LegId};
use ledger::Transfer;

use crate::intent::NewIntent;
use crate::leg::NewLeg;
use crate::{PaidFor, Payment, PaymentChange, PaymentChanges, PaymentEvent, PaymentsError, store};

/// Locks a payment. Lock order: what is paid for (a booking or an order) must be locked before.
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
    leg: NewLeg<'_>,
) -> Result<(Payment, LegId), PaymentsError> {
    let open = payment.filter(|payment| !payment.intent.state.is_over());
    let is_new = open.is_none();
    let mut payment = open.unwrap_or_else(|| Payment::fresh(chance, now, new));
    let leg = payment.next_leg(chance, now, leg)?;
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
