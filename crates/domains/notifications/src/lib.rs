//! Who is told what, by which channel, once.

pub mod commands;
mod error;
mod mail;
pub mod queries;
mod store;
pub mod texts;

pub use commands::enqueue;
pub use error::NotificationsError;
pub use mail::{MailFile, MailOutcome, MailState, NewMail, StoredMail};
