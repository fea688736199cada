//! New passwords, set with a mailed link or changed with the old one.

use accounts::Caller;
use accounts::commands::{self, PasswordLink};
use accounts::queries;
use database::Tx;
use kernel::{PersonId, Secret};
use notifications::texts;
use site::{Services, links};

use super::mails::{fingerprint, mail, mail_each_time};
use crate::WorkflowError;

/// Mails a link that sets a new password, if the address has an account and got none within the hour; the answer is the same
/// either way.
pub async fn request_password_reset(site: &Services, email: &str) -> Result<(), WorkflowError> {
    let mut tx = site.database.begin().await?;
    let link = commands::request_password_link(&mut tx, site.circumstances(), email).await?;
    let Some(PasswordLink { person, token }) = link else { return Ok(()) };
    let url = site.settings.url(&links::reset_password(token.expose()));
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

/// Changes the password after checking the old one; other sessions end.
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
