//! Mail, from the transaction of its cause to the mailer.

mod send;

pub(crate) use send::{SendMail, enqueue};
