//! Registration, and verification of the address.

use accounts::commands::{self, Inside, Registered, Registration, VerificationLink};
use accounts::{AccountsError, Caller};
use database::Tx;
use kernel::{FieldFault, PersonId, Secret};
use notifications::texts;
use site::{Services, links};

use super::mails::{fingerprint, mail};
use crate::WorkflowError;

/// Creates an account and mails its owner. Whether the address already had one is revealed only in that mail.
pub async fn register(site: &Services, registration: Registration) -> Result<(), WorkflowError> {
    let prepared = commands::prepare_registration(site.passwords(), site.circumstances(), registration).await?;
    let mut tx = site.database.begin().await?;
    match commands::register(&mut tx, site.circumstances(), prepared).await? {
        Registered::New { person, email, display_name, link } => {
            mail_verification(site, &mut tx, person, &email, &display_name, &link).await?;
        }
        Registered::AddressTaken { person, email, display_name } => {
            let text = texts::already_registered(&display_name, &site.settings.url(links::LOGIN));
            // At most one such mail a day, so that nobody can fill another's mailbox.
            let key = format!("already_registered/{person}/{}", site.clock.now().date_naive());
            mail(site, &mut tx, key, "already_registered", (person, &email, &display_name), text).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Mails the verification link again, unless the address is verified.
pub async fn resend_verification(site: &Services, caller: &Caller) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    if let Some((person, link)) = commands::request_verification(&mut tx, site.circumstances(), caller.id).await? {
        mail_verification(site, &mut tx, person.id, &person.email, &person.display_name, &link).await?;
    }
    Ok(tx.commit().await?)
}

/// Verifies the address that the link was mailed to, for somebody who is signed in to that account or knows its password. Anybody can
/// register somebody else's address, so a click in the mailbox alone must not verify an account whose password a stranger chose.
pub async fn verify_email(
    site: &Services,
    token: &Secret<String>,
    caller: Option<&Caller>,
    password: Option<Secret<String>>,
) -> Result<PersonId, WorkflowError> {
    let now = site.clock.now();
    let owner = commands::verification_owner(&mut *site.database.acquire().await?, now, token).await?;
    if caller.is_none_or(|caller| caller.id != owner) {
        prove_registration(site, owner, password).await?;
    }
    let mut tx = site.database.begin().await?;
    let person = commands::verify_email(&mut tx, site.circumstances(), token).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(person)
}

async fn prove_registration(
    site: &Services,
    owner: PersonId,
    password: Option<Secret<String>>,
) -> Result<(), WorkflowError> {
    let fault = |code: &str, sentence: &str| WorkflowError::Fields(vec![FieldFault::new("password", code, sentence)]);
    let password = password.filter(|password| !password.expose().is_empty());
    let password = password.ok_or_else(|| fault("required", "Enter the password that you registered with."))?;
    let now = site.clock.now();
    let checked =
        commands::check_own_password(&site.database, site.passwords(), now, owner, Inside::Link, password).await;
    match checked {
        Err(AccountsError::Fields(_)) => Err(fault(
            "wrong",
            "This is not the password of this account. If you did not choose one, set a new one with a mailed link.",
        )),
        other => Ok(other?),
    }
}

async fn mail_verification(
    site: &Services,
    tx: &mut Tx,
    person: PersonId,
    email: &str,
    name: &str,
    link: &VerificationLink,
) -> Result<(), WorkflowError> {
    let url = site.settings.url(&links::verify_address(link.0.expose()));
    let key = format!("verify_address/{}", fingerprint(&link.0));
    mail(site, tx, key, "verify_address", (person, email, name), texts::verify_address(&url)).await
}
