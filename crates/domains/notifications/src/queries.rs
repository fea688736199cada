//! What is read of mails.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{MailId, PersonId};
use serde::{Deserialize, Serialize};

use crate::NotificationsError;

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
    /// `queued`, `sent`, `kept` or `failed`.
    pub state: String,
}

struct Row {
    id: MailId,
    person_id: Option<PersonId>,
    to_address: String,
    to_name: String,
    template: String,
    subject: String,
    body_text: String,
    body_html: String,
    attachment: Option<serde_json::Value>,
    created_at: DateTime<Utc>,
    state: String,
}

impl From<Row> for StoredMail {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            to_address: row.to_address,
            to_name: row.to_name,
            template: row.template,
            subject: row.subject,
            body_text: row.body_text,
            body_html: row.body_html,
            attachment: row.attachment.and_then(|value| serde_json::from_value(value).ok()),
            created_at: row.created_at,
            state: row.state,
        }
    }
}

/// One mail.
pub async fn mail(connection: &mut Connection, id: MailId) -> Result<StoredMail, NotificationsError> {
    let row = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: MailId", person_id AS "person_id: PersonId", to_address, to_name, template, subject, body_text, body_html, attachment, created_at, state
           FROM mails WHERE id = $1"#,
        id.0
    );
    row.fetch_optional(connection).await?.map(StoredMail::from).ok_or(NotificationsError::NotFound)
}

/// The newest mails, for the mailbox page.
pub async fn newest(connection: &mut Connection, limit: i64) -> Result<Vec<StoredMail>, NotificationsError> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id AS "id: MailId", person_id AS "person_id: PersonId", to_address, to_name, template, subject, body_text, body_html, attachment, created_at, state
           FROM mails ORDER BY created_at DESC, id DESC LIMIT $1"#,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(StoredMail::from).collect())
}
