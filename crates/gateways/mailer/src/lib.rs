//! Mail: the trait, the SMTP mailer, and the mailer of development, which keeps mails for the mailbox page.

mod bounded;
mod mail;
mod server;
mod smtp;

pub use mail::{Attachment, Delivery, Mail, MailboxMailer, Mailer, MailerError};
pub use smtp::{SmtpMailer, is_clear};
