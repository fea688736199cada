//! Who is told what, by which channel, once.

pub mod commands;
mod error;
pub mod queries;
mod store;
pub mod texts;

pub use commands::{NewMail, enqueue};
pub use error::NotificationsError;
pub use queries::StoredMail;
