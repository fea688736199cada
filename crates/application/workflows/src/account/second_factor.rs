//! The second factor, with the mails to its owner.

use accounts::commands::{self, AppSetUp, OwnerProof, PasswordProven, Presented};
use accounts::queries::Person;
use accounts::{AccountsError, Caller};
use kernel::Secret;
use notifications::texts::second_factor as texts;
use site::{Services, links};

use super::confirmation::{confirm_owner, mail_recovery_code_used};
use super::mails::mail_each_time as mail;
use crate::WorkflowError;

/// Completes a log-in after the password was right, with a code if the person has an authenticator app.
pub async fn enter(
    site: &Services,
    proven: PasswordProven,
    code: Option<&Secret<String>>,
    shown: Presented<'_>,
) -> Result<Person, WorkflowError> {
    if site.settings.staff_needs_second_factor && proven.must_show_passkey() {
        return Err(AccountsError::PasskeyRequired.into());
    }
    let code = code.filter(|code| !code.expose().trim().is_empty());
    let Some(code) = code.filter(|_| proven.owes_code()) else { return Ok(commands::enter_without_code(proven)?) };
    let mut tx = site.database.begin().await?;
    let (entered, outcome) = commands::enter(&mut tx, &site.keys, site.circumstances(), proven, code, shown).await?;
    if let Some(person) = &entered {
        mail_recovery_code_used(site, &mut tx, person.id, outcome).await?;
    }
    // Committed in any case, because a wrong code is counted in this transaction.
    tx.commit().await?;
    Ok(entered.ok_or(AccountsError::BadSecondFactor)?)
}

/// Begins to set up an authenticator app of somebody who has proven to be the owner.
pub async fn begin_app(site: &Services, caller: &Caller, proof: OwnerProof) -> Result<AppSetUp, WorkflowError> {
    confirm_owner(site, caller, proof).await?;
    let mut tx = site.database.begin().await?;
    let begun = commands::begin_app(&mut tx, &site.keys, site.circumstances(), caller).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Turns the app on with its first code and returns the recovery codes; other sessions end.
pub async fn confirm_app(
    site: &Services,
    caller: &Caller,
    code: &Secret<String>,
) -> Result<Vec<Secret<String>>, WorkflowError> {
    let mut tx = site.database.begin().await?;
    let codes = commands::confirm_app(&mut tx, &site.keys, site.circumstances(), caller, code).await?;
    let url = site.settings.url(links::SECURITY);
    mail(site, &mut tx, caller.id, "second_factor_added", |name| texts::second_factor_added(name, &url)).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(codes)
}

/// Replaces the recovery codes by ten new ones, for somebody who has proven to be the owner.
pub async fn renew_recovery_codes(
    site: &Services,
    caller: &Caller,
    proof: OwnerProof,
) -> Result<Vec<Secret<String>>, WorkflowError> {
    confirm_owner(site, caller, proof).await?;
    let mut tx = site.database.begin().await?;
    let codes = commands::renew_recovery_codes(&mut tx, &site.keys, site.circumstances(), caller).await?;
    let url = site.settings.url(links::SECURITY);
    mail(site, &mut tx, caller.id, "recovery_codes_renewed", |name| texts::recovery_codes_renewed(name, &url)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the app of somebody who has proven to be the owner.
pub async fn remove_app(site: &Services, caller: &Caller, proof: OwnerProof) -> Result<(), WorkflowError> {
    confirm_owner(site, caller, proof).await?;
    let mut tx = site.database.begin().await?;
    commands::remove_app(&mut tx, site.circumstances(), caller).await?;
    let url = site.settings.url(links::SECURITY);
    mail(site, &mut tx, caller.id, "second_factor_removed", |name| texts::second_factor_removed(name, &url)).await?;
    tx.commit().await?;
    site.sessions.forget();
    Ok(())
}
