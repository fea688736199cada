//! Payments as JSON.

use ::payments::{Intent, IntentState, LegState, PaidFor, Payment, PaymentMethod, RefundReason, RefundState};
use chrono::{DateTime, Utc};
use kernel::{BookingId, GiftCardId, GiftCardOrderId, IntentId, LegId, Money, RefundId};
use serde::Serialize;
use workflows::payment::card_of;

/// A payment: what is due, the legs that cover it, and what went back.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    pub id: IntentId,
    /// What it pays for: a booking, or a gift card that is bought.
    pub booking_id: Option<BookingId>,
    pub gift_card_order_id: Option<GiftCardOrderId>,
    pub state: IntentState,
    pub due: Money,
    /// Captured so far.
    pub paid: Money,
    /// What neither is paid nor set aside, nor on its way from a card.
    pub remaining: Money,
    /// The part of `paid` that is beyond what was asked for or due; it is refunded automatically.
    pub surplus: Money,
    /// Refunded, or being refunded.
    pub refunded: Money,
    /// What banks took back for payers who dispute a charge, and did not give back.
    pub charged_back: Money,
    /// The same as `pay_by`.
    pub expires_at: DateTime<Utc>,
    /// The last moment at which a payment may be started.
    pub pay_by: DateTime<Utc>,
    /// The last moment at which a started payment may still confirm the booking.
    pub settle_by: DateTime<Utc>,
    pub settled_at: Option<DateTime<Utc>>,
    pub legs: Vec<LegView>,
    pub refunds: Vec<RefundView>,
}

/// One attempt to pay, or one part of the payment.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct LegView {
    pub id: LegId,
    pub method: PaymentMethod,
    /// `sandbox`, or `gift_cards` or `credit` for value that we keep.
    pub provider: String,
    /// The gift card, if it is one.
    pub gift_card_id: Option<GiftCardId>,
    pub state: LegState,
    pub amount: Money,
    /// Why it failed: `card_declined`, `insufficient_funds`, `authentication_failed`, …; of stored value `card_failed` where it came off
    /// because the bank did not give what the card beside it had set aside.
    pub failure_code: Option<String>,
    /// Where the payer authenticates in a browser, while `action_required`: absolute, and open without a session here.
    pub action_url: Option<String>,
    /// When it was given up: it is being cancelled at its provider, and money that still arrives is refunded.
    pub given_up_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A refund.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct RefundView {
    pub id: RefundId,
    /// The leg through which it goes back.
    pub leg_id: LegId,
    pub amount: Money,
    pub reason: RefundReason,
    pub state: RefundState,
    /// Whether it becomes credit of whoever paid, instead of going back the way it came.
    pub kept_as_credit: bool,
    /// Whether nothing is paid, because whoever paid has it already from their bank, which took the payment back.
    pub covers_chargeback: bool,
    pub created_at: DateTime<Utc>,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        let remaining = Money::new(payment.remaining_minor(), payment.intent.due.currency);
        let charged_back = Money::new(payment.charged_back_minor(), payment.intent.due.currency);
        let Payment { intent, legs, refunds, .. } = payment;
        let Intent { pay_by, settle_by, .. } = intent;
        let sum = |part: fn(&::payments::Leg) -> i64| Money::new(legs.iter().map(part).sum(), intent.due.currency);
        Self {
            id: intent.id,
            booking_id: intent.paid_for.booking(),
            gift_card_order_id: match intent.paid_for {
                PaidFor::GiftCardOrder(id) => Some(id),
                PaidFor::Booking(_) => None,
            },
            state: intent.state,
            due: intent.due,
            paid: sum(|leg| leg.captured_minor),
            remaining,
            surplus: sum(|leg| leg.surplus_minor),
            refunded: sum(|leg| leg.refunded_minor),
            charged_back,
            expires_at: pay_by,
            pay_by,
            settle_by,
            settled_at: intent.settled_at,
            legs: legs.iter().cloned().map(LegView::from).collect(),
            refunds: refunds
                .into_iter()
                .map(|refund| RefundView {
                    id: refund.id,
                    leg_id: refund.leg,
                    amount: refund.amount,
                    reason: refund.reason,
                    state: refund.state,
                    kept_as_credit: refund.is_kept,
                    covers_chargeback: refund.covers.is_some(),
                    created_at: refund.created_at,
                })
                .collect(),
        }
    }
}

impl From<::payments::Leg> for LegView {
    fn from(leg: ::payments::Leg) -> Self {
        Self {
            id: leg.id,
            method: leg.method,
            gift_card_id: card_of(&leg),
            provider: leg.provider,
            state: leg.state,
            amount: leg.share,
            failure_code: leg.failure_code,
            action_url: leg.action_url.filter(|_| leg.given_up_at.is_none()),
            given_up_at: leg.given_up_at,
            created_at: leg.created_at,
        }
    }
}
