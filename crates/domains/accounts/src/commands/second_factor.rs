//! The second factor: setting up an authenticator app, checking its codes at log-in, and removing it.

use chrono::TimeDelta;
use database::{Connection, Tx, facts};
use kernel::{FieldFault, Secret};

use super::codes::{self, CodeOutcome, codes_key};
use super::guess::Guess;
use super::login::PasswordProven;
use super::{Circumstances, Presented};
use crate::authenticator::{self, Authenticator};
use crate::kinds::RevokeReason;
use crate::queries::{Person, factors as queries};
use crate::store::factors as store;
use crate::{AccountEvent, AccountsError, Caller, Keys, recovery, sign_in_log};

/// How long setting up an app may take until its first code is entered.
const SET_UP_MINUTES: i64 = 30;

/// What an app needs for its set-up, shown until its first code was right.
#[derive(Debug)]
pub struct AppSetUp {
    /// In base32, to type.
    pub secret: Secret<String>,
    /// `otpauth://…`, for a QR code.
    pub address: Secret<String>,
}

/// Begins to set up an app; a set-up under way is replaced.
pub async fn begin_app(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
) -> Result<AppSetUp, AccountsError> {
    let salt = at.chance.bytes32();
    if !store::begin(tx, caller.id, &salt, at.now).await? {
        return Err(AccountsError::AppOn);
    }
    Ok(AppSetUp::of(&Authenticator::new(keys, caller.id, &salt), caller))
}

/// What the caller's app needs, while it is being set up.
pub async fn app_set_up(
    connection: &mut Connection,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
) -> Result<Option<AppSetUp>, AccountsError> {
    let begun = queries::authenticator(connection, caller.id).await?;
    let begun = begun.filter(|begun| begun.confirmed_at.is_none() && is_fresh(begun, at));
    Ok(begun.map(|begun| AppSetUp::of(&Authenticator::new(keys, caller.id, &begun.salt), caller)))
}

/// Turns the app on with its first code and returns the recovery codes, which are shown only now. Every other session ends: it was opened
/// without a code.
pub async fn confirm_app(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
    code: &Secret<String>,
) -> Result<Vec<Secret<String>>, AccountsError> {
    let begun = queries::authenticator(tx, caller.id).await?.ok_or(AccountsError::AppNotBegun)?;
    if begun.confirmed_at.is_some() {
        return Err(AccountsError::AppOn);
    }
    if !is_fresh(&begun, at) {
        return Err(AccountsError::AppNotBegun);
    }
    let step = authenticator::digits_of(code.expose());
    let step = step.and_then(|code| Authenticator::step_by_any(keys, caller.id, &begun.salt, &code, at.now));
    let step = step.ok_or_else(wrong_first_code)?;
    if !store::confirm(tx, caller.id, &begun.salt, step, at.now).await? {
        return Err(AccountsError::AppNotBegun);
    }
    crate::store::revoke_sessions(tx, caller.id, Some(caller.session()?), RevokeReason::EndedByOwner, at.now).await?;
    sign_in_log::changed("authenticator_added", caller.id);
    facts::append(tx, at.chance, at.now, &AccountEvent::SecondFactorAdded { person: caller.id }).await?;
    replace_codes(tx, keys, at, caller).await
}

/// Replaces the recovery codes by ten new ones.
pub async fn renew_recovery_codes(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
) -> Result<Vec<Secret<String>>, AccountsError> {
    if !store::lock_confirmed(tx, caller.id).await? {
        return Err(AccountsError::AppOff);
    }
    replace_codes(tx, keys, at, caller).await
}

/// Removes the app and its recovery codes.
pub async fn remove_app(tx: &mut Tx, at: Circumstances<'_>, caller: &Caller) -> Result<(), AccountsError> {
    if !store::remove(tx, caller.id).await? {
        return Err(AccountsError::AppOff);
    }
    sign_in_log::changed("authenticator_removed", caller.id);
    facts::append(tx, at.chance, at.now, &AccountEvent::SecondFactorRemoved { person: caller.id }).await?;
    Ok(())
}

/// The person, if their right password is enough to log in.
pub fn enter_without_code(proven: PasswordProven) -> Result<Person, AccountsError> {
    if proven.owes_code() { Err(AccountsError::SecondFactorRequired) } else { Ok(proven.person) }
}

/// Decides whether somebody whose password was right may log in with this code; the person is `None` if it was wrong. A wrong code is
/// counted in this transaction, so the caller commits whatever the outcome is.
pub async fn enter(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    proven: PasswordProven,
    code: &Secret<String>,
    shown: Presented<'_>,
) -> Result<(Option<Person>, CodeOutcome), AccountsError> {
    let person = proven.person;
    store::lock_confirmed(tx, person.id).await?;
    let guess = Guess::at_log_in(tx, keys, at.now, codes_key(keys, person.id), Some(&person), shown).await?;
    let outcome = codes::check(tx, keys, at, person.id, code.expose().trim(), &guess).await?;
    Ok(((outcome != CodeOutcome::Wrong).then_some(person), outcome))
}

async fn replace_codes(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
) -> Result<Vec<Secret<String>>, AccountsError> {
    let codes = recovery::fresh(at.chance);
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| recovery::hash(keys, code.expose()).to_vec()).collect();
    store::replace_recovery_codes(tx, caller.id, &hashes).await?;
    Ok(codes)
}

fn is_fresh(begun: &queries::AuthenticatorRow, at: Circumstances<'_>) -> bool {
    at.now - begun.created_at <= TimeDelta::minutes(SET_UP_MINUTES)
}

fn wrong_first_code() -> AccountsError {
    let sentence =
        "This is not the code that the app shows now. Look again, and check that the phone's clock is right.";
    AccountsError::Fields(vec![FieldFault::new("code", "wrong", sentence)])
}

impl AppSetUp {
    fn of(app: &Authenticator, caller: &Caller) -> Self {
        Self { secret: app.secret(), address: app.address(&caller.email) }
    }
}
