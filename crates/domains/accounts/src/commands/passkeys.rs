//! Passkeys: adding, removing, and logging in with one instead of a password.

use chrono::TimeDelta;
use database::{Connection, Database, Tx, facts};
use kernel::{Fault as _, FieldFault, Instant, PasskeyId, PersonId};
use serde_json::Value;

use super::Circumstances;
use crate::kinds::RevokeReason;
use crate::queries::{self, PasskeyView, Person};
use crate::sign_in_log::{self, ProofKind};
use crate::store::passkeys::{self as store, PasskeyConflict};
use crate::webauthn::{Assertion, Attestation, StoredPasskey};
use crate::{AccountEvent, AccountsError, Caller, RelyingParty, fields};

/// The most passkeys that one person may have at a time.
const PASSKEYS_MAX: i64 = 10;
/// How long a challenge can be answered.
const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(5);

/// Makes the challenge for a new passkey and returns the browser's options. The caller has proven themselves anew.
pub async fn challenge_for_new_passkey(
    tx: &mut Tx,
    party: &RelyingParty,
    now: Instant,
    caller: &Caller,
) -> Result<Value, AccountsError> {
    let person = queries::person(tx, caller.id).await?.ok_or(AccountsError::NoSession)?;
    let known = queries::passkeys::credentials(tx, caller.id).await?;
    let challenge = party.challenge_new(&person, known)?;
    store::insert_challenge(tx, Some(caller.id), &challenge, now, now + CHALLENGE_LIFE).await?;
    Ok(challenge.options)
}

/// A new passkey whose answer was verified.
#[derive(Debug)]
pub struct PreparedPasskey {
    name: String,
    kept: StoredPasskey,
}

/// Verifies a device's answer; call it before any transaction begins. The challenge is spent whether or not the answer is valid.
pub async fn prepare_passkey(
    database: &Database,
    party: &RelyingParty,
    now: Instant,
    caller: &Caller,
    name: &str,
    answer: &Value,
) -> Result<PreparedPasskey, AccountsError> {
    let name = fields::key_name(name).map_err(|fault| AccountsError::Fields(vec![fault]))?;
    let read = Attestation::read(answer).and_then(|answer| Some((answer.challenge()?, answer)));
    let (challenge, answer) = read.ok_or_else(bad_answer)?;
    let state = store::take_challenge(&mut *database.acquire().await?, Some(caller.id), &challenge, now).await?;
    let kept = state.and_then(|state| party.verify_attestation(&state, &answer)).ok_or_else(bad_answer)?;
    Ok(PreparedPasskey { name, kept })
}

fn bad_answer() -> AccountsError {
    let sentence = "Your device's answer does not fit, or came too late. Ask for a new challenge and try again.";
    AccountsError::Fields(vec![FieldFault::new("credential", "invalid", sentence)])
}

/// Adds the passkey. Every other session of a member of staff ends, because it may have been opened with a password alone.
pub async fn add_passkey(
    tx: &mut Tx,
    at: Circumstances<'_>,
    caller: &Caller,
    passkey: PreparedPasskey,
) -> Result<PasskeyView, AccountsError> {
    if store::lock_and_count(tx, caller.id).await? >= PASSKEYS_MAX {
        return Err(AccountsError::TooManyPasskeys);
    }
    // Waits for a password change under way, which ends this session: see `create_key`.
    crate::store::hold_session(tx, caller.session()?).await?.ok_or(AccountsError::NoSession)?;
    let view = PasskeyView {
        id: PasskeyId::new(at.chance, at.now),
        name: passkey.name,
        created_at: at.now,
        last_used_at: None,
    };
    store::insert(tx, caller.id, &view, &passkey.kept).await?.map_err(|conflict| match conflict {
        PasskeyConflict::Name => AccountsError::PasskeyNameTaken,
        PasskeyConflict::Credential => AccountsError::PasskeyKnown,
    })?;
    if caller.roles.iter().any(|role| role.is_staff()) {
        crate::store::revoke_sessions(tx, caller.id, Some(caller.session()?), RevokeReason::EndedByOwner, at.now)
            .await?;
    }
    sign_in_log::changed("passkey_added", caller.id);
    facts::append(tx, at.chance, at.now, &AccountEvent::PasskeyAdded { person: caller.id, passkey: view.id }).await?;
    Ok(view)
}

/// Whether the caller has this passkey; somebody else's counts as missing.
pub async fn find_passkey(connection: &mut Connection, caller: &Caller, id: PasskeyId) -> Result<(), AccountsError> {
    let passkeys = queries::passkeys(connection, caller.id).await?;
    passkeys.iter().any(|passkey| passkey.id == id).then_some(()).ok_or(AccountsError::PasskeyNotFound)
}

/// Removes one of the caller's passkeys and returns its name. Someone else's passkey counts as missing. Every other session ends,
/// because it may have been opened with this passkey.
pub async fn remove_passkey(
    tx: &mut Tx,
    at: Circumstances<'_>,
    caller: &Caller,
    id: PasskeyId,
) -> Result<String, AccountsError> {
    let name = store::remove(tx, caller.id, id).await?.ok_or(AccountsError::PasskeyNotFound)?;
    crate::store::revoke_sessions(tx, caller.id, Some(caller.session()?), RevokeReason::EndedByOwner, at.now).await?;
    sign_in_log::changed("passkey_removed", caller.id);
    facts::append(tx, at.chance, at.now, &AccountEvent::PasskeyRemoved { person: caller.id, passkey: id }).await?;
    Ok(name)
}

/// Makes a challenge that any passkey of this site can answer, and returns the browser's options.
pub async fn challenge_for_passkey(
    database: &Database,
    party: &RelyingParty,
    now: Instant,
) -> Result<Value, AccountsError> {
    let challenge = party.challenge()?;
    store::insert_challenge(&mut *database.acquire().await?, None, &challenge, now, now + CHALLENGE_LIFE).await?;
    Ok(challenge.options)
}

/// A device's answer with the state of its challenge, which is spent now.
#[derive(Debug)]
pub struct ShownPasskey {
    state: Vec<u8>,
    answer: Assertion,
}

/// Reads a device's answer; call it before any transaction begins. The challenge is spent whether or not the answer is valid.
pub async fn read_passkey(database: &Database, now: Instant, answer: &Value) -> Result<ShownPasskey, AccountsError> {
    let read = Assertion::read(answer).and_then(|answer| Some((answer.challenge()?, answer)));
    let (challenge, answer) = read.ok_or(AccountsError::BadPasskey)?;
    let state = store::take_challenge(&mut *database.acquire().await?, None, &challenge, now).await?;
    Ok(ShownPasskey { state: state.ok_or(AccountsError::BadPasskey)?, answer })
}

/// The person who owns the passkey of a valid answer. The device has verified its user, so no second factor is asked for.
pub async fn person_with_passkey(
    tx: &mut Tx,
    party: &RelyingParty,
    now: Instant,
    passkey: &ShownPasskey,
) -> Result<Person, AccountsError> {
    let found = store::lock(tx, &passkey.answer.credential_id()).await?;
    let owner = found.as_ref().map(|(_, owner, _)| *owner);
    match open_with(tx, party, now, passkey, found).await {
        Ok(person) => {
            sign_in_log::succeeded(ProofKind::Passkey, person.id);
            Ok(person)
        }
        Err(error) => {
            sign_in_log::failed(ProofKind::Passkey, error.code(), owner);
            Err(error)
        }
    }
}

async fn open_with(
    tx: &mut Tx,
    party: &RelyingParty,
    now: Instant,
    passkey: &ShownPasskey,
    found: Option<(PasskeyId, PersonId, StoredPasskey)>,
) -> Result<Person, AccountsError> {
    let (id, owner, kept) = found.ok_or(AccountsError::BadPasskey)?;
    if passkey.answer.person() != Some(owner) {
        return Err(AccountsError::BadPasskey);
    }
    let device_state = party.verify_assertion(&passkey.state, &passkey.answer, &kept)?;
    let device_state = device_state.ok_or(AccountsError::BadPasskey)?;
    let person = queries::person(tx, owner).await?.ok_or(AccountsError::BadPasskey)?;
    if person.is_suspended {
        return Err(AccountsError::Suspended);
    }
    store::note_use(tx, id, &device_state, now).await?;
    Ok(person)
}
