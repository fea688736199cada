//! Kept mails, readable in development when no SMTP server is configured.

pub(crate) mod inbox;
pub(crate) mod message;
