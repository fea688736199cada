//! Accounts with the mails that belong to them.

use accounts::commands::{
    self, KeyRequest, MadeKey, PasswordLink, Refreshed, Registered, Registration, TokenPair, VerificationLink,
};
use accounts::queries::{self, Person};
use accounts::{AccountsError, Caller};
use database::Tx;
use kernel::secret::sha256;
use kernel::{FieldFault, PersonId, Secret};
use notifications::NewMail;
use notifications::texts::{self, Text};

use crate::{Services, WorkflowError};

/// Makes an account and mails its owner. Whether the address had one already is told to nobody else.
pub async fn register(site: &Services, registration: Registration) -> Result<(), WorkflowError> {
    let prepared = commands::prepare_registration(&site.keys, &site.hasher, &*site.chance, registration).await?;
    let mut tx = site.database.begin().await?;
    match commands::register(&mut tx, site.circumstances(), prepared).await? {
        Registered::New { person, email, display_name, link } => {
            mail_verification(site, &mut tx, person, &email, &display_name, &link).await?;
        }
        Registered::AddressTaken { person, email, display_name } => {
            let text = texts::already_registered(&display_name, &format!("{}/login", site.settings.public_url));
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

/// Verifies the address that the link was mailed to, for whoever is signed in to that account or knows its password. Anybody can register
/// anybody's address: the mailbox alone must not bless what a stranger registered, password and all.
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
    let checked =
        commands::check_own_password(&site.database, &site.keys, &site.hasher, site.clock.now(), owner, password).await;
    match checked {
        Err(AccountsError::Fields(_)) => Err(fault(
            "wrong",
            "This is not the password of this account. If you did not choose one, set a new one with a mailed link.",
        )),
        other => Ok(other?),
    }
}

/// Mails a link that sets a new password, if the address has an account and got none within the hour; the answer is the same
/// either way.
pub async fn request_password_reset(site: &Services, email: &str) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let link = commands::request_password_link(&mut tx, site.circumstances(), email).await?;
    let Some(PasswordLink { person, token }) = link else { return Ok(()) };
    let url = format!("{}/reset?token={}", site.settings.public_url, token.expose());
    let key = format!("reset_password/{}", fingerprint(&token));
    let text = texts::reset_password(&person.display_name, &url);
    mail(site, &mut tx, key, "reset_password", (person.id, &person.email, &person.display_name), text).await?;
    Ok(tx.commit().await?)
}

/// Sets a new password with a mailed link; every session ends.
pub async fn reset_password(site: &Services, token: &Secret<String>, new: Secret<String>) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let person = commands::reset_password(&mut tx, &site.keys, &site.hasher, site.circumstances(), token, new).await?;
    mail_password_changed(site, &mut tx, person).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(())
}

/// Changes the password, knowing the old one; other sessions end.
pub async fn change_password(
    site: &Services,
    caller: &Caller,
    old: Secret<String>,
    new: Secret<String>,
) -> Result<(), WorkflowError> {
    let hash =
        commands::prepare_change(&site.database, &site.keys, &site.hasher, site.circumstances(), caller, old, new)
            .await?;
    let mut tx = site.database.begin().await?;
    commands::change_password(&mut tx, site.circumstances(), caller, &hash).await?;
    mail_password_changed(site, &mut tx, caller.id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(())
}

/// Makes an API key, knowing the password, and tells its owner by mail.
pub async fn create_api_key(
    site: &Services,
    caller: &Caller,
    password: Secret<String>,
    request: KeyRequest,
) -> Result<MadeKey, WorkflowError> {
    let prepared =
        commands::prepare_key(&site.database, &site.keys, &site.hasher, site.clock.now(), caller, password, request)
            .await?;
    let mut tx = site.database.begin().await?;
    let made = commands::create_key(&mut tx, site.circumstances(), caller, prepared).await?;
    let url = format!("{}/account/keys", site.settings.public_url);
    let key = format!("api_key_created/{}", made.view.id);
    mail_to(site, &mut tx, caller.id, key, "api_key_created", |name| {
        texts::api_key_created(name, &made.view.name, &url)
    })
    .await?;
    tx.commit().await?;
    Ok(made)
}

/// The next pair of tokens, or the end of a session that two hands held.
pub async fn refresh(site: &Services, token: &Secret<String>) -> Result<(TokenPair, Person), WorkflowError> {
    let mut tx = site.database.begin().await?;
    match commands::refresh(&mut tx, &site.keys, site.circumstances(), token).await? {
        Refreshed::Pair { pair, person } => {
            tx.commit().await?;
            Ok((pair, *person))
        }
        Refreshed::Stolen { person } => {
            let url = format!("{}/account/sessions", site.settings.public_url);
            let key = format!("session_ended/{}", fingerprint(token));
            mail_to(site, &mut tx, person, key, "session_ended_for_safety", |name| {
                texts::session_ended_for_safety(name, &url)
            })
            .await?;
            tx.commit().await?;
            site.sessions.forget();
            Err(AccountsError::RefreshSpent.into())
        }
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
    let url = format!("{}/verify?token={}", site.settings.public_url, link.0.expose());
    let key = format!("verify_address/{}", fingerprint(&link.0));
    mail(site, tx, key, "verify_address", (person, email, name), texts::verify_address(&url)).await
}

async fn mail_password_changed(site: &Services, tx: &mut Tx, person: PersonId) -> Result<(), WorkflowError> {
    let url = format!("{}/forgot", site.settings.public_url);
    // A new password ends no passkey.
    let passkeys = queries::passkeys(tx, person).await?;
    let passkeys_url = (!passkeys.is_empty()).then(|| passkeys_url(site));
    mail_each_time(site, tx, person, "password_changed", |name| {
        texts::password_changed(name, &url, passkeys_url.as_deref())
    })
    .await
}

/// Where people look at how they sign in.
pub(crate) fn security_url(site: &Services) -> String {
    format!("{}/account/security", site.settings.public_url)
}

/// Where people look at their passkeys.
pub(crate) fn passkeys_url(site: &Services) -> String {
    format!("{}/account/passkeys", site.settings.public_url)
}

/// One mail for each time that something happens: what is done by hand is rare.
pub(crate) async fn mail_each_time(
    site: &Services,
    tx: &mut Tx,
    person: PersonId,
    template: &'static str,
    text: impl FnOnce(&str) -> Text,
) -> Result<(), WorkflowError> {
    let key = format!("{template}/{person}/{}", site.clock.now().timestamp_micros());
    mail_to(site, tx, person, key, template, text).await
}

async fn mail_to(
    site: &Services,
    tx: &mut Tx,
    person: PersonId,
    key: String,
    template: &'static str,
    text: impl FnOnce(&str) -> Text,
) -> Result<(), WorkflowError> {
    let Some(Person { id, email, display_name, .. }) = queries::person(tx, person).await? else { return Ok(()) };
    mail(site, tx, key, template, (id, &email, &display_name), text(&display_name)).await
}

async fn mail(
    site: &Services,
    tx: &mut Tx,
    dedupe_key: String,
    template: &'static str,
    (person, email, name): (PersonId, &str, &str),
    text: Text,
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
    crate::mails::owe(site, tx, &mail).await
}

/// Names a secret without telling it.
fn fingerprint(secret: &Secret<String>) -> String {
    sha256(secret.expose().as_bytes())[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}
