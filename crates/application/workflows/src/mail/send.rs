//! Enqueues mails and sends them. A mail and its job are written in the transaction of their cause.

use database::Tx;
use jobs::{Attempt, Failure, Job, Lane, presentable};
use kernel::{Causes, Instant, MailId};
use mailer::{Attachment, Delivery, Mail};
use notifications::commands::settle;
use notifications::{MailOutcome, MailState, NewMail, queries};
use serde::{Deserialize, Serialize};
use site::{Services, outside};
use tracing::Instrument as _;

use crate::WorkflowError;
use crate::lanes;

/// The job that sends one mail.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendMail {
    mail: MailId,
}

/// Enqueues a mail and the job that sends it, once.
pub(crate) async fn enqueue(site: &Services, tx: &mut Tx, mail: &NewMail) -> Result<(), WorkflowError> {
    let now = site.clock.now();
    if let Some(id) = notifications::enqueue(tx, &*site.chance, now, mail).await? {
        jobs::enqueue(tx, &*site.chance, now, &SendMail { mail: id }, now).await?;
    }
    Ok(())
}

impl Job for SendMail {
    type Context = Services;
    const KIND: &'static str = "send_mail";
    const LANE: &'static Lane = &lanes::MAIL;

    fn key(&self, _: Instant) -> String {
        self.mail.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        send(site, self.mail).await
    }
}

/// Sends one mail. After a crash between sending and recording it, the mail is sent again with the same Message-ID.
async fn send(site: &Services, id: MailId) -> Result<(), Failure> {
    let mut connection = site.database.acquire().await?;
    let stored = queries::mail(&mut connection, id).await?;
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
    // No connection is held while we wait for the mail server.
    drop(connection);
    let outcome = match site.mailer.send(&mail).instrument(outside("mail")).await {
        Ok(Delivery::Sent) => MailOutcome::Sent,
        Ok(Delivery::Kept) => MailOutcome::Kept,
        Err(error) if error.is_final() => {
            let reason = presentable(&Causes(&error).to_string());
            tracing::error!(error = reason, %id, "a mail can never be sent");
            MailOutcome::Failed
        }
        Err(error) => return Err(Failure::retry(&error)),
    };
    let mut tx = site.database.begin().await?;
    settle(&mut tx, id, outcome, site.clock.now()).await?;
    Ok(tx.commit().await?)
}
