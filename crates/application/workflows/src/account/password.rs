//! New passwords, set with a mailed link or changed with the old one.

use accounts::Caller;
use accounts::commands::{self, OwnerProof, Presented, RenewedSession};
use accounts::queries;
use database::Tx;
use kernel::{PersonId, Secret};
use notifications::texts;
use site::{Services, links};

use super::confirmation::confirm_owner;
use super::mails::mail_each_time;
use crate::WorkflowError;

/// Sets a new password with a mailed link; every session ends.
pub async fn reset_password(site: &Services, token: &Secret<String>, new: Secret<String>) -> Result<(), WorkflowError> {
    let at = site.circumstances();
    let prepared = commands::prepare_reset(&site.database, site.passwords(), at, token, new).await?;
    let mut tx = site.database.begin().await?;
    let person = commands::reset_password(&mut tx, &site.keys, at, token, &prepared).await?;
    mail_password_changed(site, &mut tx, person).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(())
}

/// Changes the password of somebody who has proven to be the owner. Every session ends, and they go on in a new one.
pub async fn change_password(
    site: &Services,
    caller: &Caller,
    proof: OwnerProof,
    new: Secret<String>,
    shown: Presented<'_>,
) -> Result<RenewedSession, WorkflowError> {
    let at = site.circumstances();
    confirm_owner(site, caller, proof).await?;
    let prepared = commands::prepare_change(site.passwords(), at, caller, new).await?;
    let mut tx = site.database.begin().await?;
    let renewed = commands::change_password(&mut tx, &site.keys, at, caller, &prepared, shown).await?;
    mail_password_changed(site, &mut tx, caller.id).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(renewed)
}

async fn mail_password_changed(site: &Services, tx: &mut Tx, person: PersonId) -> Result<(), WorkflowError> {
    let url = site.settings.url(links::FORGOT);
    // A new password does not remove passkeys, so the mail points to them.
    let passkeys = queries::passkeys(tx, person).await?;
    let passkeys_url = (!passkeys.is_empty()).then(|| site.settings.url(links::PASSKEYS));
    mail_each_time(site, tx, person, "password_changed", |name| {
        texts::password_changed(name, &url, passkeys_url.as_deref())
    })
    .await
}
