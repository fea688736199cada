//! Refunds that our staff ask for: asked, locked and decided.

use database::Tx;
use database::facts::append;
use kernel::{Chance, Instant, Money, PersonId, RefundRequestId};

pub use crate::queries::refund_requests::{RequestsOf, list, request};
use crate::refund_request::{RefundDecision, RefundRequest};
use crate::{Payment, PaymentChange, PaymentChanges, PaymentEvent, PaymentsError, store};

/// Asks for a refund of a locked payment.
pub async fn ask(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    payment: &Payment,
    amount_minor: i64,
    reason: &str,
    by: PersonId,
) -> Result<RefundRequest, PaymentsError> {
    let request = RefundRequest::new(payment, chance, now, amount_minor, reason, by)?;
    store::refund_requests::insert(tx, &request).await?;
    let change = PaymentChange::RefundAsked { request: request.id, amount: request.amount, by };
    append(tx, chance, now, &event(&request, change)).await?;
    Ok(request)
}

/// Locks a request until the transaction ends. Lock order: what it is about and its payment must be locked before.
pub async fn lock(tx: &mut Tx, id: RefundRequestId) -> Result<RefundRequest, PaymentsError> {
    store::refund_requests::lock(tx, id).await?;
    request(tx, id).await
}

/// Approves a locked request: its refund is owed with `changes`, which the caller saves, after having put what was `found` into the escrow.
pub async fn approve(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    request: RefundRequest,
    changes: &mut PaymentChanges,
    found: Money,
    by: PersonId,
) -> Result<RefundRequest, PaymentsError> {
    let request = request.decided(RefundDecision::Approve, by, now)?;
    changes.grant(chance, now, &request, found, by)?;
    store::refund_requests::save(tx, &request).await?;
    Ok(request)
}

/// Declines a locked request.
pub async fn decline(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    request: RefundRequest,
    by: PersonId,
) -> Result<RefundRequest, PaymentsError> {
    let request = request.decided(RefundDecision::Decline, by, now)?;
    store::refund_requests::save(tx, &request).await?;
    let change = PaymentChange::RefundDeclined { request: request.id, asked_by: request.asked_by, by };
    append(tx, chance, now, &event(&request, change)).await?;
    Ok(request)
}

const fn event(request: &RefundRequest, change: PaymentChange) -> PaymentEvent {
    PaymentEvent { intent: request.intent, paid_for: request.paid_for, change }
}
