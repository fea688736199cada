//! Ending sessions.

use chrono::TimeDelta;
use database::Tx;
use kernel::{Instant, PersonId, SessionId};

use crate::kinds::{LinkPurpose, RevokeReason};
use crate::{AccountsError, Caller, sign_in_log, store};

/// How long ended sessions and refilled rate-limit buckets are kept.
const KEEP_DAYS: i64 = 30;

/// Ends the caller's own session.
pub async fn log_out(tx: &mut Tx, now: Instant, caller: &Caller) -> Result<(), AccountsError> {
    store::revoke_session(tx, caller.session()?, caller.id, RevokeReason::Logout, now).await?;
    Ok(())
}

/// Ends one of the caller's sessions. Someone else's session counts as missing.
pub async fn end_session(tx: &mut Tx, now: Instant, caller: &Caller, id: SessionId) -> Result<(), AccountsError> {
    if store::revoke_session(tx, id, caller.id, RevokeReason::EndedByOwner, now).await? {
        Ok(())
    } else {
        Err(AccountsError::SessionNotFound)
    }
}

/// Ends every session of the caller except this one; returns how many.
pub async fn end_other_sessions(tx: &mut Tx, now: Instant, caller: &Caller) -> Result<u64, AccountsError> {
    Ok(store::revoke_sessions(tx, caller.id, Some(caller.session()?), RevokeReason::EndedByOwner, now).await?)
}

/// Suspends a person: their sessions, API keys and links for a new password end, and their access tokens become invalid.
pub async fn suspend(tx: &mut Tx, now: Instant, person: PersonId) -> Result<(), AccountsError> {
    store::suspend(tx, person, now).await?;
    store::revoke_sessions(tx, person, None, RevokeReason::Suspended, now).await?;
    store::api_keys::revoke_all(tx, person, now).await?;
    store::passkeys::forget_challenges_of(tx, person).await?;
    store::spend_links(tx, person, LinkPurpose::ResetPassword, now).await?;
    sign_in_log::changed("suspended", person);
    Ok(())
}

/// Deletes expired API keys and challenges, ended sessions, spent links and refilled buckets.
pub async fn forget_old(tx: &mut Tx, now: Instant) -> Result<(), AccountsError> {
    let before = now - TimeDelta::days(KEEP_DAYS);
    store::api_keys::forget(tx, before).await?;
    store::passkeys::forget_challenges(tx, now).await?;
    Ok(store::forget(tx, before).await?)
}
