//! Passkeys, with the mails to their owner.

use accounts::commands::{self, OwnerProof};
use accounts::queries::{PasskeyView, Person};
use accounts::{Caller, RelyingParty};
use kernel::PasskeyId;
use notifications::texts::passkeys as texts;
use serde_json::Value;
use site::{Services, links};

use super::confirmation::confirm_owner;
use super::mails::mail_each_time as mail;
use crate::WorkflowError;

/// A challenge for a new passkey of somebody who has proven to be the owner; for `parseCreationOptionsFromJSON`.
pub async fn challenge_for_new(site: &Services, caller: &Caller, proof: OwnerProof) -> Result<Value, WorkflowError> {
    let party = RelyingParty::of(&site.settings.public_url)?;
    confirm_owner(site, caller, proof).await?;
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
    site.sessions.forget();
    Ok(added)
}

/// Removes one of the caller's passkeys after they have proven to be the owner; their other sessions end.
pub async fn remove(site: &Services, caller: &Caller, proof: OwnerProof, id: PasskeyId) -> Result<(), WorkflowError> {
    commands::find_passkey(&mut *site.database.acquire().await?, caller, id).await?;
    confirm_owner(site, caller, proof).await?;
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
    let passkey = commands::read_passkey(&site.database, now, answer).await?;
    let mut tx = site.database.begin().await?;
    let person = commands::person_with_passkey(&mut tx, &party, now, &passkey).await?;
    tx.commit().await?;
    Ok(person)
}
