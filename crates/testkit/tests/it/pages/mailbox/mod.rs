//! Kept mails, in development.

mod inbox;
mod message;
