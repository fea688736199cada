//! A mail: as it is enqueued, as it is stored, and its state.

use chrono::{DateTime, Utc};
use kernel::{MailId, PersonId};
use serde::{Deserialize, Serialize};

use crate::texts::MailText;

/// A mail to enqueue.
#[derive(Debug)]
pub struct NewMail {
    /// Identifies cause and recipient: a mail with a known key is not enqueued again.
    pub dedupe_key: String,
    pub person: Option<PersonId>,
    pub to_address: String,
    pub to_name: String,
    /// The name of the text: `booking_confirmed_customer`.
    pub template: &'static str,
    pub text: MailText,
    pub attachment: Option<MailFile>,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFile {
    pub filename: String,
    pub content_type: String,
    pub text: String,
}

/// A mail as it is stored.
#[derive(Debug, Clone)]
pub struct StoredMail {
    pub id: MailId,
    pub person_id: Option<PersonId>,
    pub to_address: String,
    pub to_name: String,
    pub template: String,
    pub subject: String,
    pub body_text: String,
    pub body_html: String,
    pub attachment: Option<MailFile>,
    pub created_at: DateTime<Utc>,
    pub state: MailState,
}

/// The state of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MailState {
    /// Waits to be sent.
    Queued,
    Sent,
    /// Not sent, because no mail server is configured; in development it is shown at `/mailbox`.
    Kept,
    /// Cannot be sent: the mail or its address was rejected for good.
    Failed,
}

/// The outcome of handing a mail to the mailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailOutcome {
    Sent,
    Kept,
    Failed,
}

impl From<MailOutcome> for MailState {
    fn from(outcome: MailOutcome) -> Self {
        match outcome {
            MailOutcome::Sent => Self::Sent,
            MailOutcome::Kept => Self::Kept,
            MailOutcome::Failed => Self::Failed,
        }
    }
}
