//! A mail, and the trait of mailers.

use async_trait::async_trait;
use kernel::MailId;

/// A file that goes with a mail.
#[derive(Debug, Clone)]
pub struct Attachment {
    pub filename: String,
    /// MIME type: `text/calendar; method=PUBLISH`.
    pub content_type: String,
    pub text: String,
}

/// One mail to one reader.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Becomes the Message-ID, so that mail programs recognise a second delivery.
    pub id: MailId,
    pub to_address: String,
    pub to_name: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachment: Option<Attachment>,
}

/// How a mail was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A mail server accepted it.
    Sent,
    /// It was not sent; it can be read on the mailbox page.
    Kept,
}

/// Why a mail was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("the mail's address or content cannot be sent as it is")]
    Unsendable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the mail server does not accept mail at the moment")]
    Unavailable(#[from] lettre::transport::smtp::Error),
    #[error("the mail server cannot be reached")]
    Unreachable(#[from] std::io::Error),
    #[error("the mail server did not answer in time")]
    Silent,
    #[error("STAGEDOOR_SMTP_URL should look like smtps://user:password@host:465 or smtp://host:25")]
    BadUrl,
    #[error(
        "connections to the mail server of STAGEDOOR_SMTP_URL cannot be encrypted; check that its host is one that a certificate can name"
    )]
    Encryption(#[source] lettre::transport::smtp::Error),
    #[error(
        "STAGEDOOR_SMTP_URL would send its password unencrypted; use smtps://, or smtp:// with ?tls=required at the end"
    )]
    PasswordInTheClear,
    #[error("STAGEDOOR_MAIL_FROM should look like Stagedoor <door@example.org>")]
    BadSender(#[source] lettre::address::AddressError),
}

impl MailerError {
    /// Whether a retry is pointless, because the server rejects this mail or its address for good (replies 550 to 559). Other
    /// refusals, such as a wrong password, concern our configuration; after it is corrected a retry succeeds.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Unavailable(error) => error.status().is_some_and(|code| (550..560).contains(&u16::from(code))),
            Self::Unreachable(_) | Self::Silent => false,
            _ => true,
        }
    }
}

/// Delivers mail.
#[async_trait]
pub trait Mailer: std::fmt::Debug + Send + Sync {
    async fn send(&self, mail: &Mail) -> Result<Delivery, MailerError>;
}

/// Sends nothing, so that every mail stays on the mailbox page.
#[derive(Debug, Clone, Copy, Default)]
pub struct MailboxMailer;

#[async_trait]
impl Mailer for MailboxMailer {
    async fn send(&self, _: &Mail) -> Result<Delivery, MailerError> {
        Ok(Delivery::Kept)
    }
}
