//! Payments as JSON.

use ::payments::{Intent, IntentState, LegState, Payment, PaymentMethod, RefundReason, RefundState};
use chrono::{DateTime, Utc};
use kernel::{BookingId, IntentId, LegId, Money, RefundId};
use serde::Serialize;

/// A payment: what is due, the legs that cover it, and what went back.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    pub id: IntentId,
    pub booking_id: BookingId,
    pub state: IntentState,
    pub due: Money,
    /// Captured so far.
    pub paid: Money,
    /// The part of that which is beyond what was asked for or due; it is refunded automatically.
    pub surplus: Money,
    /// Refunded, or being refunded.
    pub refunded: Money,
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
    /// `sandbox`
    pub provider: String,
    pub state: LegState,
    pub amount: Money,
    /// Why it failed: `card_declined`, `insufficient_funds`, `authentication_failed`, …
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
    pub amount: Money,
    pub reason: RefundReason,
    pub state: RefundState,
    pub created_at: DateTime<Utc>,
}

impl From<Payment> for PaymentView {
    fn from(Payment { intent, legs, refunds, .. }: Payment) -> Self {
        let Intent { pay_by, settle_by, .. } = intent;
        let sum = |part: fn(&::payments::Leg) -> i64| Money::new(legs.iter().map(part).sum(), intent.due.currency);
        Self {
            id: intent.id,
            booking_id: intent.booking,
            state: intent.state,
            due: intent.due,
            paid: sum(|leg| leg.captured_minor),
            surplus: sum(|leg| leg.surplus_minor),
            refunded: sum(|leg| leg.refunded_minor),
            expires_at: pay_by,
            pay_by,
            settle_by,
            settled_at: intent.settled_at,
            legs: legs.iter().cloned().map(LegView::from).collect(),
            refunds: refunds
                .into_iter()
                .map(|refund| RefundView {
                    id: refund.id,
                    amount: refund.amount,
                    reason: refund.reason,
                    state: refund.state,
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
