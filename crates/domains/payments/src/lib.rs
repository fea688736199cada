//! Money: the books, intents and their legs, refunds.

pub mod bulk;
pub mod commands;
mod error;
mod intent;
pub mod ledger;
pub mod queries;
mod store;

pub use error::PaymentsError;
pub use intent::{Intent, IntentState, Leg, LegState, Method, Refund, RefundReason, split_refund};
pub use ledger::Split;
