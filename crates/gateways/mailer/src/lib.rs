//! Mail: the trait, the real mailer (SMTP), and the mailbox of development, which keeps instead of sending.

mod mail;
mod smtp;

pub use mail::{Attachment, Mail, MailboxMailer, Mailer, MailerError, Receipt};
pub use smtp::SmtpMailer;
