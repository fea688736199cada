//! Writes of mails.

use database::Tx;
use kernel::{Instant, MailId};
use sqlx::types::Json;

use crate::mail::{MailState, NewMail};

/// Adds a mail; `false` if its key exists.
pub(crate) async fn insert(tx: &mut Tx, id: MailId, mail: &NewMail, now: Instant) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO mails (id, dedupe_key, person_id, to_address, to_name, template, subject, body_text, body_html, attachment, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (dedupe_key) DO NOTHING",
        id.0,
        mail.dedupe_key,
        mail.person.map(|person| person.0),
        mail.to_address,
        mail.to_name,
        mail.template,
        mail.text.subject,
        mail.text.plain(),
        mail.text.html(),
        mail.attachment.as_ref().map(Json) as _,
        now
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Records the outcome of a queued mail. The text of a sent mail is deleted, because it may contain links that open an account.
pub(crate) async fn settle(tx: &mut Tx, id: MailId, state: MailState, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE mails SET state = $2, sent_at = $3,
           body_text = CASE WHEN $2 = 'kept' THEN body_text ELSE '' END,
           body_html = CASE WHEN $2 = 'kept' THEN body_html ELSE '' END,
           attachment = CASE WHEN $2 = 'kept' THEN attachment END
         WHERE id = $1 AND state = 'queued'",
        id.0,
        state as _,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Deletes mails that are old and settled.
pub(crate) async fn forget_old(tx: &mut Tx, before: Instant, count_max: i64) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        "DELETE FROM mails WHERE id IN (
           SELECT id FROM mails WHERE created_at < $1 AND state <> 'queued' ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        count_max
    );
    Ok(deleted.execute(&mut **tx).await?.rows_affected())
}
