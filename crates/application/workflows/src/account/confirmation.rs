//! Makes sure that it is the owner who changes how an account is opened.

use accounts::Caller;
use accounts::commands::{self, CodeOutcome, Inside, OwnerProof};
use kernel::PersonId;
use notifications::texts::second_factor as texts;
use site::{Services, links};

use super::mails::mail_each_time;
use crate::WorkflowError;

/// Checks everything that a log-in asks for: the password, and a code where an authenticator app is on. Call it before the transaction of
/// the change.
pub(super) async fn confirm_owner(site: &Services, caller: &Caller, proof: OwnerProof) -> Result<(), WorkflowError> {
    let at = site.circumstances();
    let inside = Inside::Session(caller.session()?);
    commands::check_own_password(&site.database, site.passwords(), at.now, caller.id, inside, proof.password).await?;
    let mut tx = site.database.begin().await?;
    let outcome = commands::confirm_code(&mut tx, &site.keys, at, caller, proof.code.as_ref()).await?;
    mail_recovery_code_used(site, &mut tx, caller.id, outcome).await?;
    // Committed in any case, because a wrong code is counted in this transaction.
    tx.commit().await?;
    if outcome == CodeOutcome::Wrong { Err(commands::wrong_code().into()) } else { Ok(()) }
}

/// Tells the owner of a recovery code that it was used.
pub(super) async fn mail_recovery_code_used(
    site: &Services,
    tx: &mut database::Tx,
    person: PersonId,
    outcome: CodeOutcome,
) -> Result<(), WorkflowError> {
    let CodeOutcome::ByRecoveryCode { left } = outcome else { return Ok(()) };
    let url = site.settings.url(links::SECURITY);
    mail_each_time(site, tx, person, "recovery_code_used", |name| texts::recovery_code_used(name, left, &url)).await
}
