//! The second factor, with the mails to its owner.

use accounts::commands::{self, AppSetUp, PasswordProven, SecondFactorOutcome};
use accounts::queries::Person;
use accounts::{AccountsError, Caller};
use kernel::Secret;
use notifications::texts::second_factor as texts;
use site::{Services, links};

use super::mails::mail_each_time as mail;
use crate::WorkflowError;

/// Completes a log-in after the password was right, with a code if the person has an authenticator app.
pub async fn enter(
    site: &Services,
    proven: PasswordProven,
    code: Option<&Secret<String>>,
    ip_prefix: &str,
) -> Result<Person, WorkflowError> {
    let mut tx = site.database.begin().await?;
    let outcome = commands::enter(&mut tx, &site.keys, site.circumstances(), proven, code, ip_prefix).await?;
    if let SecondFactorOutcome::ByRecoveryCode { person, left } = &outcome {
        let url = site.settings.url(links::SECURITY);
        mail(site, &mut tx, person.id, "recovery_code_used", |name| texts::recovery_code_used(name, *left, &url))
            .await?;
    }
    // Committed in any case, because a wrong code is counted in this transaction.
    tx.commit().await?;
    match outcome {
        SecondFactorOutcome::Granted(person) | SecondFactorOutcome::ByRecoveryCode { person, .. } => Ok(person),
        SecondFactorOutcome::Wrong => Err(AccountsError::BadSecondFactor.into()),
    }
}

/// Begins to set up an authenticator app, after checking the password.
pub async fn begin_app(site: &Services, caller: &Caller, password: Secret<String>) -> Result<AppSetUp, WorkflowError> {
    commands::check_own_password(&site.database, &site.keys, &site.hasher, site.clock.now(), caller.id, password)
        .await?;
    let mut tx = site.database.begin().await?;
    let begun = commands::begin_app(&mut tx, &site.keys, site.circumstances(), caller).await?;
    tx.commit().await?;
    Ok(begun)
}

/// Turns the app on with its first code and returns the recovery codes.
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
    Ok(codes)
}

/// Replaces the recovery codes by ten new ones, after checking the password.
pub async fn renew_recovery_codes(
    site: &Services,
    caller: &Caller,
    password: Secret<String>,
) -> Result<Vec<Secret<String>>, WorkflowError> {
    commands::check_own_password(&site.database, &site.keys, &site.hasher, site.clock.now(), caller.id, password)
        .await?;
    let mut tx = site.database.begin().await?;
    let codes = commands::renew_recovery_codes(&mut tx, &site.keys, site.circumstances(), caller).await?;
    let url = site.settings.url(links::SECURITY);
    mail(site, &mut tx, caller.id, "recovery_codes_renewed", |name| texts::recovery_codes_renewed(name, &url)).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Removes the app, after checking the password.
pub async fn remove_app(site: &Services, caller: &Caller, password: Secret<String>) -> Result<(), WorkflowError> {
    commands::check_own_password(&site.database, &site.keys, &site.hasher, site.clock.now(), caller.id, password)
        .await?;
    let mut tx = site.database.begin().await?;
    commands::remove_app(&mut tx, site.circumstances(), caller).await?;
    let url = site.settings.url(links::SECURITY);
    mail(site, &mut tx, caller.id, "second_factor_removed", |name| texts::second_factor_removed(name, &url)).await?;
    Ok(tx.commit().await?)
}
