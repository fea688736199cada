//! Mails about an account.

use accounts::queries::{self, Person};
use database::Tx;
use kernel::secret::sha256;
use kernel::{PersonId, Secret};
use notifications::NewMail;
use notifications::texts::MailText;
use site::Services;

use crate::WorkflowError;

/// Enqueues one mail for each time that something happens. For rare actions by hand, which need no limit.
pub(super) async fn mail_each_time(
    site: &Services,
    tx: &mut Tx,
    person: PersonId,
    template: &'static str,
    text: impl FnOnce(&str) -> MailText,
) -> Result<(), WorkflowError> {
    let key = format!("{template}/{person}/{}", site.clock.now().timestamp_micros());
    mail_to(site, tx, person, key, template, text).await
}

pub(super) async fn mail_to(
    site: &Services,
    tx: &mut Tx,
    person: PersonId,
    key: String,
    template: &'static str,
    text: impl FnOnce(&str) -> MailText,
) -> Result<(), WorkflowError> {
    let Some(Person { id, email, display_name, .. }) = queries::person(tx, person).await? else { return Ok(()) };
    mail(site, tx, key, template, (id, &email, &display_name), text(&display_name)).await
}

pub(super) async fn mail(
    site: &Services,
    tx: &mut Tx,
    dedupe_key: String,
    template: &'static str,
    (person, email, name): (PersonId, &str, &str),
    text: MailText,
) -> Result<(), WorkflowError> {
    let mail = NewMail {
        dedupe_key,
        person: Some(person),
        to_address: email.to_owned(),
        to_name: name.to_owned(),
        template,
        text,
        attachment: None,
    };
    crate::mail::enqueue(site, tx, &mail).await
}

/// A short hash that identifies a secret without revealing it.
pub(super) fn fingerprint(secret: &Secret<String>) -> String {
    sha256(secret.expose().as_bytes())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
