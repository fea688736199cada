//! Changing the password with the current one, or setting a new one with a mailed link.

use database::{Database, Tx, facts};
use kernel::secret::hmac_sha256;
use kernel::{FieldFault, Instant, PersonId, Secret};

use super::Circumstances;
use super::login::{account_key, refuse_if_slowed};
use crate::kinds::{LinkPurpose, RevokeReason};
use crate::store::guesses;
use crate::{AccountEvent, AccountsError, Caller, Hasher, Keys, fields, queries, store, tokens};

/// Checks the old password and hashes the new one; call it before any transaction begins.
pub async fn prepare_change(
    database: &Database,
    keys: &Keys,
    hasher: &Hasher,
    at: Circumstances<'_>,
    caller: &Caller,
    old: Secret<String>,
    new: Secret<String>,
) -> Result<String, AccountsError> {
    check_own_password(database, keys, hasher, at.now, caller.id, old).await?;
    let is_staff = caller.roles.iter().any(|role| role.is_staff());
    fields::password(new.expose(), &caller.email, is_staff)
        .map_err(|fault| AccountsError::Fields(vec![FieldFault { field: "new_password".into(), ..fault }]))?;
    hasher.hash(keys, at.chance, new).await
}

/// Checks the password of somebody who is signed in; call it before any transaction begins. Failures slow down as at log-in, but are
/// counted separately: somebody at an unattended session must be able neither to guess on nor to lock the owner out of log-in.
pub async fn check_own_password(
    database: &Database,
    keys: &Keys,
    hasher: &Hasher,
    now: Instant,
    person: PersonId,
    password: Secret<String>,
) -> Result<(), AccountsError> {
    let key = own_password_key(keys, person);
    let (stored, failed) = {
        let mut connection = database.acquire().await?;
        let failed = refuse_if_slowed(&mut connection, &key, INSIDE, now).await?;
        (queries::password_hash(&mut connection, person).await?, failed)
    };
    if hasher.verify(keys, stored, password).await?.matches {
        if failed {
            guesses::clear_failures(&mut *database.acquire().await?, &key, INSIDE).await?;
        }
        return Ok(());
    }
    guesses::count_failure(&mut *database.acquire().await?, &key, INSIDE, now).await?;
    Err(AccountsError::Fields(vec![FieldFault::new("current_password", "wrong", "This is not your current password.")]))
}

/// Takes the place of the network for people who are signed in already.
const INSIDE: &str = "inside";

fn own_password_key(keys: &Keys, person: PersonId) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), format!("own password of {person}").as_bytes())
}

/// Sets the prepared password. Every other session and every API key ends.
pub async fn change_password(
    tx: &mut Tx,
    at: Circumstances<'_>,
    caller: &Caller,
    hash: &str,
) -> Result<(), AccountsError> {
    store::set_password(tx, caller.id, hash, at.now).await?;
    // Two changes at once take turns at the row that `set_password` writes. The second, if made in another session, finds it ended.
    store::hold_session(tx, caller.session()?).await?.ok_or(AccountsError::NoSession)?;
    store::revoke_sessions(tx, caller.id, Some(caller.session()?), RevokeReason::PasswordChanged, at.now).await?;
    store::api_keys::revoke_all(tx, caller.id, at.now).await?;
    store::passkeys::forget_challenges_of(tx, caller.id).await?;
    facts::append(tx, at.chance, at.now, &AccountEvent::PasswordChanged { person: caller.id }).await?;
    Ok(())
}

/// Sets a new password with a mailed link. Every session and every API key ends, and every access token becomes invalid.
///
/// The password is hashed inside the transaction, after the link was spent: links are rare, and a spent one must not cost a hash.
pub async fn reset_password(
    tx: &mut Tx,
    keys: &Keys,
    hasher: &Hasher,
    at: Circumstances<'_>,
    token: &Secret<String>,
    new: Secret<String>,
) -> Result<PersonId, AccountsError> {
    let person = store::spend_link(tx, LinkPurpose::ResetPassword, &tokens::opaque_hash(token.expose()), at.now)
        .await?
        .ok_or(AccountsError::LinkSpent)?;
    let found = queries::person(tx, person).await?.ok_or(AccountsError::LinkSpent)?;
    let is_staff = found.roles.iter().any(|role| role.is_staff());
    fields::password(new.expose(), &found.email, is_staff).map_err(|fault| AccountsError::Fields(vec![fault]))?;
    let hash = hasher.hash(keys, at.chance, new).await?;
    store::set_password(tx, person, &hash, at.now).await?;
    store::raise_epoch(tx, person, at.now).await?;
    guesses::clear_all_failures(tx, &account_key(keys, &found.email)).await?;
    guesses::clear_all_failures(tx, &own_password_key(keys, person)).await?;
    // The link was mailed, so the address is verified too, and open verification links are not needed any more.
    store::mark_verified(tx, person, at.now).await?;
    store::spend_links(tx, person, LinkPurpose::VerifyEmail, at.now).await?;
    store::revoke_sessions(tx, person, None, RevokeReason::PasswordChanged, at.now).await?;
    store::api_keys::revoke_all(tx, person, at.now).await?;
    store::passkeys::forget_challenges_of(tx, person).await?;
    facts::append(tx, at.chance, at.now, &AccountEvent::PasswordChanged { person }).await?;
    Ok(person)
}
