//! Reads of mails.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{MailId, PersonId};
use sqlx::types::Json;

use crate::error::NotificationsError;
use crate::mail::{MailFile, MailState, StoredMail};

struct MailRecord {
    id: MailId,
    person_id: Option<PersonId>,
    to_address: String,
    to_name: String,
    template: String,
    subject: String,
    body_text: String,
    body_html: String,
    attachment: Option<Json<MailFile>>,
    created_at: DateTime<Utc>,
    state: MailState,
}

impl From<MailRecord> for StoredMail {
    fn from(row: MailRecord) -> Self {
        Self {
            id: row.id,
            person_id: row.person_id,
            to_address: row.to_address,
            to_name: row.to_name,
            template: row.template,
            subject: row.subject,
            body_text: row.body_text,
            body_html: row.body_html,
            attachment: row.attachment.map(|file| file.0),
            created_at: row.created_at,
            state: row.state,
        }
    }
}

/// One mail.
pub async fn mail(connection: &mut Connection, id: MailId) -> Result<StoredMail, NotificationsError> {
    let row = sqlx::query_as!(
        MailRecord,
        r#"SELECT id AS "id: MailId", person_id AS "person_id: PersonId", to_address, to_name, template, subject, body_text, body_html,
             attachment AS "attachment: Json<MailFile>", created_at, state AS "state: MailState"
           FROM mails WHERE id = $1"#,
        id.0
    );
    row.fetch_optional(connection).await?.map(StoredMail::from).ok_or(NotificationsError::NotFound)
}

/// The newest mails, for the mailbox page.
pub async fn newest(connection: &mut Connection, limit: i64) -> Result<Vec<StoredMail>, NotificationsError> {
    let rows = sqlx::query_as!(
        MailRecord,
        r#"SELECT id AS "id: MailId", person_id AS "person_id: PersonId", to_address, to_name, template, subject, body_text, body_html,
             attachment AS "attachment: Json<MailFile>", created_at, state AS "state: MailState"
           FROM mails ORDER BY created_at DESC, id DESC LIMIT $1"#,
        limit
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(StoredMail::from).collect())
}
