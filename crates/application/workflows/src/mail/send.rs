//! Enqueueing and sending mail: the mail and the job that sends it share the transaction of the fact.

use database::Tx;
use jobs::{Failure, NewJob};
use kernel::{Causes, MailId};
use mailer::{Attachment, Delivery, Mail};
use notifications::commands::settle;
use notifications::{MailOutcome, MailState, NewMail, queries};
use serde::{Deserialize, Serialize};
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;

/// The kind of the job that sends one mail.
pub(crate) const SEND_MAIL: &str = "send_mail";

/// Which mail to send.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendMail {
    mail: MailId,
}

/// Enqueues a mail and the job that sends it, once.
pub(crate) async fn enqueue(site: &Services, tx: &mut Tx, mail: &NewMail) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    if let Some(id) = notifications::enqueue(tx, &*site.chance, now, mail).await? {
        let payload = serde_json::json!(SendMail { mail: id });
        let job = NewJob { kind: SEND_MAIL, payload, dedupe_key: format!("{SEND_MAIL}/{id}"), run_at: now };
        jobs::enqueue(tx, &*site.chance, now, &job).await?;
    }
    Ok(())
}

/// Hands one mail to the mailer. A crash between sending and noting it sends the mail again under the same Message-ID.
pub(crate) async fn send(site: &Services, SendMail { mail: id }: SendMail) -> Result<(), Failure> {
    let retry = |error: &dyn std::error::Error| Failure::Retry(error.to_string());
    let mut tx = site.database.begin().await.map_err(|error| retry(&error))?;
    let stored = queries::mail(&mut tx, id).await.map_err(|error| retry(&error))?;
    if stored.state != MailState::Queued {
        return Ok(());
    }
    let mail = Mail {
        id,
        to_address: stored.to_address,
        to_name: stored.to_name,
        subject: stored.subject,
        text: stored.body_text,
        html: stored.body_html,
        attachment: stored.attachment.map(|file| Attachment {
            filename: file.filename,
            content_type: file.content_type,
            text: file.text,
        }),
    };
    // No transaction stays open while another server thinks.
    drop(tx);
    let outcome = match site.mailer.send(&mail).instrument(outside("mail")).await {
        Ok(Delivery::Sent) => MailOutcome::Sent,
        Ok(Delivery::Kept) => MailOutcome::Kept,
        Err(error) if error.is_final() => {
            tracing::error!(error = %Causes(&error), %id, "a mail can never be sent");
            MailOutcome::Failed
        }
        Err(error) => return Err(retry(&error)),
    };
    let mut tx = site.database.begin().await.map_err(|error| retry(&error))?;
    settle(&mut tx, id, outcome, site.clock.now()).await.map_err(|error| retry(&error))?;
    tx.commit().await.map_err(|error| retry(&error))
}
