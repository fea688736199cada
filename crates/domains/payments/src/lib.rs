//! Payments for bookings and for gift cards: intents, the legs that cover them, receipts, refunds, and the templates of ledger transfers.

pub mod bulk;
mod changes;
mod chargeback;
pub mod chargebacks;
pub mod commands;
mod error;
mod events;
mod intent;
mod leg;
mod leg_chargeback;
mod paid_for;
mod payment;
pub mod queries;
mod receipt;
mod refund;
mod refund_request;
pub mod refund_requests;
mod refund_split;
#[cfg(test)]
mod samples;
mod store;
pub mod templates;
mod update;

pub use changes::PaymentChanges;
pub use chargeback::{Chargeback, Dispute};
pub use error::PaymentsError;
pub use events::{PaymentChange, PaymentEvent};
pub use intent::{Intent, IntentState, NewIntent};
pub use leg::{Leg, LegAttempt, LegState, NO_ANSWER, NewLeg, OTHER_AMOUNT, PaymentMethod, REFUSED};
pub use leg_chargeback::{ChargebackState, LegChargeback};
pub use paid_for::PaidFor;
pub use payment::Payment;
pub use receipt::PaymentReceipt;
pub use refund::{LegRefund, RefundChoice, RefundReason, RefundState};
pub use refund_request::{RefundDecision, RefundRequest, RefundRequestState};
pub use refund_split::{RefundShare, split_refund};
pub use templates::{Occasion, Split};
pub use update::LegUpdate;
