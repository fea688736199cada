//! Mail, from the transaction of its cause to the mailer.

mod send;

pub(crate) use send::{SEND_MAIL, enqueue, send};
