//! Changing the password with the current one, or setting a new one with a mailed link.

use database::{Database, Tx, facts};
use kernel::{FieldFault, PersonId, Role, Secret};

use super::confirmation::own_password_key;
use super::login::{BrowserSession, TokenPair, account_key, open_api_session, open_browser_session};
use super::{Circumstances, Passwords, Presented, links};
use crate::kinds::{LinkPurpose, RevokeReason};
use crate::store::guesses;
use crate::{AccountEvent, AccountsError, Caller, Keys, Via, fields, queries, sign_in_log, store, tokens};

/// The hash of a new password that may be used.
#[derive(Debug)]
pub struct PreparedPassword(pub(super) String);

/// The session that replaces the one in which a password was changed.
#[derive(Debug)]
pub enum RenewedSession {
    Browser(BrowserSession),
    Api(TokenPair),
}

/// Checks and hashes a new password of somebody who has proven themselves anew; call it before any transaction begins.
pub async fn prepare_change(
    passwords: Passwords<'_>,
    at: Circumstances<'_>,
    caller: &Caller,
    new: Secret<String>,
) -> Result<PreparedPassword, AccountsError> {
    let is_staff = caller.roles.iter().any(|role| role.is_staff());
    if let Some(fault) = fields::password_fault(passwords.breached, &new, &caller.email, is_staff).await? {
        return Err(AccountsError::Fields(vec![FieldFault { field: "new_password".into(), ..fault }]));
    }
    Ok(PreparedPassword(passwords.hasher.hash(passwords.keys, at.chance, new).await?))
}

/// Sets the prepared password. Every session, every API key and every link for a new password ends, and every access token becomes
/// invalid; the caller goes on in a new session.
pub async fn change_password(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
    password: &PreparedPassword,
    shown: Presented<'_>,
) -> Result<RenewedSession, AccountsError> {
    store::set_password(tx, caller.id, &password.0, at.now).await?;
    // Two changes at once take turns at the row that `set_password` writes. The second finds its session ended.
    store::hold_session(tx, caller.session()?).await?.ok_or(AccountsError::NoSession)?;
    end_what_the_old_one_opened(tx, at, caller.id).await?;
    let person = queries::person(tx, caller.id).await?.ok_or(AccountsError::NoSession)?;
    Ok(match caller.via {
        Via::Cookie(_) => RenewedSession::Browser(open_browser_session(tx, keys, at, &person, shown).await?),
        Via::Bearer(_) | Via::ApiKey(_) => RenewedSession::Api(open_api_session(tx, keys, at, &person, shown).await?),
    })
}

/// Checks and hashes the password to set with a mailed link, if the link is valid; call it before any transaction begins.
pub async fn prepare_reset(
    database: &Database,
    passwords: Passwords<'_>,
    at: Circumstances<'_>,
    token: &Secret<String>,
    new: Secret<String>,
) -> Result<PreparedPassword, AccountsError> {
    let person = {
        let mut connection = database.acquire().await?;
        let owner = links::password_link_owner(&mut connection, at.now, token).await?;
        queries::person(&mut connection, owner).await?.ok_or(AccountsError::LinkSpent)?
    };
    let is_staff = person.roles.iter().any(|role: &Role| role.is_staff());
    if let Some(fault) = fields::password_fault(passwords.breached, &new, &person.email, is_staff).await? {
        return Err(AccountsError::Fields(vec![fault]));
    }
    // No connection is held while the password is hashed.
    Ok(PreparedPassword(passwords.hasher.hash(passwords.keys, at.chance, new).await?))
}

/// Sets the prepared password with a mailed link. Every session, every API key and every other link ends, and every access token becomes
/// invalid.
pub async fn reset_password(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    token: &Secret<String>,
    password: &PreparedPassword,
) -> Result<PersonId, AccountsError> {
    let person = store::spend_link(tx, LinkPurpose::ResetPassword, &tokens::opaque_hash(token.expose()), at.now)
        .await?
        .ok_or(AccountsError::LinkSpent)?;
    let found = queries::person(tx, person).await?.ok_or(AccountsError::LinkSpent)?;
    store::set_password(tx, person, &password.0, at.now).await?;
    guesses::clear_all_failures(tx, &account_key(keys, &found.email)).await?;
    guesses::clear_all_failures(tx, &own_password_key(keys, person)).await?;
    // The link was mailed, so the address is verified too, and open verification links are not needed any more.
    store::mark_verified(tx, person, at.now).await?;
    store::spend_links(tx, person, LinkPurpose::VerifyEmail, at.now).await?;
    end_what_the_old_one_opened(tx, at, person).await?;
    Ok(person)
}

/// Ends whatever the old password opened, or could open later.
async fn end_what_the_old_one_opened(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: PersonId,
) -> Result<(), AccountsError> {
    store::raise_epoch(tx, person, at.now).await?;
    store::spend_links(tx, person, LinkPurpose::ResetPassword, at.now).await?;
    store::revoke_sessions(tx, person, None, RevokeReason::PasswordChanged, at.now).await?;
    store::api_keys::revoke_all(tx, person, at.now).await?;
    store::passkeys::forget_challenges_of(tx, person).await?;
    sign_in_log::changed("password", person);
    facts::append(tx, at.chance, at.now, &AccountEvent::PasswordChanged { person }).await?;
    Ok(())
}
