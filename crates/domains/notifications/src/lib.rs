//! Mails: what is owed to whom, each once, and what became of it.

pub mod commands;
mod error;
mod mail;
pub mod queries;
mod store;
pub mod texts;

pub use commands::enqueue;
pub use error::NotificationsError;
pub use mail::{MailFile, MailOutcome, MailState, NewMail, StoredMail};
