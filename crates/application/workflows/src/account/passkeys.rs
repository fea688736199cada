//! Passkeys, with the mails to their owner.

use accounts::commands;
use accounts::queries::{PasskeyView, Person};
use accounts::{Caller, RelyingParty};
use kernel::{PasskeyId, Secret};
use notifications::texts::passkeys as texts;
use serde_json::Value;
use site::{Services, links};

use super::mails::mail_each_time as mail;
use crate::WorkflowError;

/// A challenge for a new passkey, after checking the password; for `parseCreationOptionsFromJSON`.
pub async fn challenge_for_new(
    site: &Services,
    caller: &Caller,
    password: Secret<String>,
) -> Result<Value, WorkflowError> {
    let party = RelyingParty::of(&site.settings.public_url)?;
    commands::check_own_password(&site.database, &site.keys, &site.hasher, site.clock.now(), caller.id, password)
        .await?;
    let mut tx = site.database.begin().await?;
    let options = commands::challenge_for_new_passkey(&mut tx, &party, site.clock.now(), caller).await?;
    tx.commit().await?;
    Ok(options)
}

/// Adds a new passkey after verifying the device's answer.
pub async fn add(site: &Services, caller: &Caller, name: &str, answer: &Value) -> Result<PasskeyView, WorkflowError> {
    let party = RelyingParty::of(&site.settings.public_url)?;
    let now = site.clock.now();
    let prepared = commands::prepare_passkey(&site.database, &party, now, caller, name, answer).await?;
    let mut tx = site.database.begin().await?;
    let added = commands::add_passkey(&mut tx, site.circumstances(), caller, prepared).await?;
    let url = site.settings.url(links::PASSKEYS);
    mail(site, &mut tx, caller.id, "passkey_added", |name| texts::added(name, &added.name, &url)).await?;
    tx.commit().await?;
    Ok(added)
}

/// Removes one of the caller's passkeys; their other sessions end.
pub async fn remove(site: &Services, caller: &Caller, id: PasskeyId) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let removed = commands::remove_passkey(&mut tx, site.circumstances(), caller, id).await?;
    let url = site.settings.url(links::PASSKEYS);
    mail(site, &mut tx, caller.id, "passkey_removed", |name| texts::removed(name, &removed, &url)).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(())
}

/// A challenge for logging in with any passkey; for `parseRequestOptionsFromJSON`.
pub async fn challenge(site: &Services) -> Result<Value, WorkflowError> {
    let party = RelyingParty::of(&site.settings.public_url)?;
    Ok(commands::challenge_for_passkey(&site.database, &party, site.clock.now()).await?)
}

/// The owner of the passkey that answered a challenge.
pub async fn enter(site: &Services, answer: &Value) -> Result<Person, WorkflowError> {
    let party = RelyingParty::of(&site.settings.public_url)?;
    let now = site.clock.now();
    let shown = commands::read_passkey(&site.database, now, answer).await?;
    let mut tx = site.database.begin().await?;
    let person = commands::person_with_passkey(&mut tx, &party, now, &shown).await?;
    tx.commit().await?;
    Ok(person)
}
