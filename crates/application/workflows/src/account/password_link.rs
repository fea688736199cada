//! Links that set a new password, by mail. A job looks up whether the address has an account, so that the time of the answer does not tell.

use std::time::Duration;

use accounts::commands::{self, PasswordLink, Presented};
use jobs::{Attempt, Failure, Job, Lane};
use kernel::Instant;
use notifications::texts;
use serde::{Deserialize, Serialize};
use site::{Services, links};
use uuid::Uuid;

use super::mails::mail;
use crate::WorkflowError;
use crate::lanes;

/// The job that mails a link, if the address has an account.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MailPasswordLink {
    /// Tells requests apart.
    request: Uuid,
    email: String,
    ip_prefix: String,
    device: Option<String>,
}

/// The longest address that is looked up, and the longest value of a device; we store no longer ones.
const LETTERS_MAX: usize = 256;

/// How long mailing a link is retried. Whoever waits for it has asked again by then, and the address that they typed is not kept longer.
const WANTED_FOR: Duration = Duration::from_hours(1);

/// Mails a link that sets a new password, if the address has an account; the answer is the same either way, and as quick.
pub async fn request_password_reset(site: &Services, email: &str, shown: Presented<'_>) -> Result<(), WorkflowError> {
    let at = site.circumstances();
    let job = MailPasswordLink {
        request: at.chance.uuid(at.now),
        email: email.trim().chars().take(LETTERS_MAX).collect(),
        ip_prefix: shown.ip_prefix.to_owned(),
        device: shown.device.filter(|device| device.len() <= LETTERS_MAX).map(str::to_owned),
    };
    let mut tx = site.database.begin().await?;
    jobs::enqueue(&mut tx, at.chance, at.now, &job, at.now).await?;
    Ok(tx.commit().await?)
}

impl Job for MailPasswordLink {
    type Context = Services;
    const KIND: &'static str = "mail_password_link";
    const LANE: &'static Lane = &lanes::INTERNAL;
    const IS_NEW: bool = true;
    const WANTED_FOR: Option<Duration> = Some(WANTED_FOR);

    fn key(&self, _: Instant) -> String {
        self.request.to_string()
    }

    async fn run(self, site: &Services, _: &Attempt) -> Result<(), Failure> {
        Ok(self.mail(site).await?)
    }
}

impl MailPasswordLink {
    async fn mail(&self, site: &Services) -> Result<(), WorkflowError> {
        let shown = Presented {
            user_agent: "",
            ip_prefix: &self.ip_prefix,
            device: self.device.as_deref(),
            network_is_spent: false,
        };
        let at = site.circumstances();
        let mut tx = site.database.begin().await?;
        let link = commands::request_password_link(&mut tx, &site.keys, at, &self.email, shown).await?;
        let Some(PasswordLink { person, token }) = link else { return Ok(()) };
        let url = site.settings.url(&links::reset_password(token.expose()));
        // One mail for each request, however often the job runs.
        let key = format!("reset_password/{}", self.request);
        let text = texts::reset_password(&person.display_name, &url);
        mail(site, &mut tx, key, "reset_password", (person.id, &person.email, &person.display_name), text).await?;
        Ok(tx.commit().await?)
    }
}
