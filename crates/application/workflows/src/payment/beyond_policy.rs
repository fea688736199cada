//! Refunds beyond what a policy gives, of bookings that were cancelled or fulfilled and of bought gift cards that cannot be returned: one
//! of our staff asks, another one approves.

use accounts::Caller;
use bookings::{Booking, BookingsError};
use database::Tx;
use gift_cards::{GiftCardOrder, OrderState, orders};
use kernel::{Instant, Money, RefundRequestId};
use payments::{PaidFor, PaymentChanges, PaymentsError, RefundDecision, RefundRequest, commands, refund_requests};
use site::Services;

use super::reclaimed::{self, lock_unspent};
use super::record::save;
use crate::WorkflowError;
use crate::booking::mails::mail_granted_refund;
use crate::gift_card::mail_granted_order_refund;

/// What the money was paid for, locked.
enum Settled {
    Booking(Box<Booking>),
    Order(Box<GiftCardOrder>),
}

/// Asks for a refund of `amount_minor`, at most what was captured and not refunded. The caller commits.
pub async fn ask_refund(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    paid_for: PaidFor,
    amount_minor: i64,
    reason: &str,
) -> Result<RefundRequest, WorkflowError> {
    Settled::lock(tx, caller, paid_for).await?;
    let payment = commands::lock_of(tx, paid_for).await?.ok_or(PaymentsError::RefundTooLarge)?;
    let (chance, now) = (&*site.chance, site.clock.now());
    Ok(refund_requests::ask(tx, chance, now, &payment, amount_minor, reason, caller.id).await?)
}

/// Approves or declines a request. Whether so much is left to refund is checked again, under the payment's lock: more may have been
/// captured or refunded since it was asked for. The caller commits.
pub async fn decide_refund(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    id: RefundRequestId,
    decision: RefundDecision,
) -> Result<RefundRequest, WorkflowError> {
    let (chance, now) = (&*site.chance, site.clock.now());
    let about = refund_requests::request(tx, id).await?;
    // Lock order: the booking or purchase, its payment, then the request, then a card.
    let settled = Settled::lock(tx, caller, about.paid_for).await?;
    let mut changes = PaymentChanges::of(commands::lock(tx, about.intent).await?);
    let request = refund_requests::lock(tx, id).await?;
    if decision == RefundDecision::Decline {
        return Ok(refund_requests::decline(tx, chance, now, request, caller.id).await?);
    }
    let unspent = match &settled {
        Settled::Booking(_) => Vec::new(),
        Settled::Order(order) => lock_unspent(tx, order, request.amount, now).await?,
    };
    let found = Money::new(unspent.iter().map(|part| part.minor).sum(), request.amount.currency);
    let approved = refund_requests::approve(tx, chance, now, request, &mut changes, found, caller.id).await?;
    if let Settled::Order(order) = &settled {
        reclaimed::take(site, tx, order, &unspent).await?;
    }
    save(site, tx, now, &mut changes).await?;
    settled.tell(site, tx, &approved, changes.payment().kept_minor(), now).await?;
    Ok(approved)
}

impl Settled {
    /// Locks a booking that is cancelled or fulfilled, or a purchase that was paid. Nobody decides about money of their own.
    async fn lock(tx: &mut Tx, caller: &Caller, paid_for: PaidFor) -> Result<Self, WorkflowError> {
        match paid_for {
            PaidFor::Booking(id) => {
                let booking = bookings::commands::lock(tx, id).await?;
                if booking.customer == caller.id {
                    return Err(BookingsError::NotYourMove.into());
                }
                if !booking.is_settled() {
                    return Err(BookingsError::State { status: booking.status }.into());
                }
                Ok(Self::Booking(Box::new(booking)))
            }
            PaidFor::GiftCardOrder(id) => {
                let order = orders::lock(tx, id).await?;
                if order.buyer == caller.id {
                    return Err(PaymentsError::OwnCase.into());
                }
                if order.state != OrderState::Paid {
                    return Err(PaymentsError::RefundTooLarge.into());
                }
                Ok(Self::Order(Box::new(order)))
            }
        }
    }

    /// Mails whoever paid, and marks a purchase of which nothing is kept as returned.
    async fn tell(
        self,
        site: &Services,
        tx: &mut Tx,
        approved: &RefundRequest,
        kept_minor: i64,
        now: Instant,
    ) -> Result<(), WorkflowError> {
        match self {
            Self::Booking(booking) => mail_granted_refund(site, tx, &booking, approved.id, approved.amount).await,
            Self::Order(mut order) => {
                if kept_minor == 0 {
                    order.state = OrderState::Returned;
                    orders::save(tx, now, &order).await?;
                }
                mail_granted_order_refund(site, tx, &order, approved.id, approved.amount).await
            }
        }
    }
}
