//! A mail: as it is owed, as it is stored, and what becomes of it.

use chrono::{DateTime, Utc};
use kernel::{MailId, PersonId};
use serde::{Deserialize, Serialize};

use crate::texts::MailText;

/// A mail we owe.
#[derive(Debug)]
pub struct NewMail {
    /// Names the fact and the reader: the same mail is owed once, however often it is asked for.
    pub dedupe_key: String,
    pub person: Option<PersonId>,
    pub to_address: String,
    pub to_name: String,
    /// Which text it is: `booking_confirmed_customer`.
    pub template: &'static str,
    pub text: MailText,
    pub attachment: Option<MailFile>,
}

/// A file that goes with a mail.
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

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum MailState {
    /// Waits to be sent.
    Queued,
    Sent,
    /// Never left: the mailbox of development shows it.
    Kept,
    /// It can never be sent: the address is none.
    Failed,
}

/// What became of a mail that was handed to the mailer.
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
