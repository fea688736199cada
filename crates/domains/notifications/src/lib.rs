//! Mails: their texts, each enqueued once for each recipient, and how they were delivered.

pub mod commands;
mod error;
mod mail;
pub mod queries;
mod store;
pub mod texts;

pub use commands::enqueue;
pub use error::NotificationsError;
pub use mail::{MailFile, MailOutcome, MailState, NewMail, StoredMail};
