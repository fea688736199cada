//! Enqueues mails and sends them.

mod send;

pub(crate) use send::{SendMail, enqueue};
