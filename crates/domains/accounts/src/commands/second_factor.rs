//! The second factor: setting up an authenticator app, checking its codes at log-in, and removing it.

use chrono::TimeDelta;
use database::{Connection, Tx, facts};
use kernel::secret::hmac_sha256;
use kernel::{FieldFault, Instant, PersonId, Secret};

use super::Circumstances;
use super::login::{FAILURES_MAX, PasswordProven, seconds_left};
use crate::authenticator::{self, Authenticator};
use crate::queries::{Person, factors as queries};
use crate::store::{factors as store, guesses};
use crate::{AccountEvent, AccountsError, Caller, Keys, recovery};

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

/// The result of the second step of a log-in.
#[derive(Debug)]
pub enum SecondFactorOutcome {
    /// The person may log in.
    Granted(Person),
    /// The person may log in, and has `left` recovery codes left.
    ByRecoveryCode { person: Person, left: i64 },
    /// The code was wrong, and was counted.
    Wrong,
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

/// Turns the app on with its first code and returns the recovery codes, which are shown only now.
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
    facts::append(tx, at.chance, at.now, &AccountEvent::SecondFactorRemoved { person: caller.id }).await?;
    Ok(())
}

/// Decides whether somebody whose password was right may log in: at once, or with a code if they have an app. A wrong code is
/// counted in this transaction, so the caller commits whatever the result is.
pub async fn enter(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    proven: PasswordProven,
    code: Option<&Secret<String>>,
    ip_prefix: &str,
) -> Result<SecondFactorOutcome, AccountsError> {
    if !proven.owes_code() {
        return Ok(SecondFactorOutcome::Granted(proven.person));
    }
    let typed = code.map(|code| code.expose().trim()).filter(|code| !code.is_empty());
    let typed = typed.ok_or(AccountsError::SecondFactorRequired)?;
    let person = proven.person;
    let codes = codes_key(keys, person.id);
    // The lock makes concurrent tries take turns, so that each is counted before the next is checked.
    store::lock_confirmed(tx, person.id).await?;
    refuse_codes_if_slowed(tx, &codes, ip_prefix, at.now).await?;
    let entry = if let Some(code) = authenticator::digits_of(typed) {
        spend_app_code(tx, keys, at, &person, &code).await?.then_some(SecondFactorOutcome::Granted(person))
    } else if spend_recovery_code(tx, keys, person.id, typed, at.now).await? {
        let left = queries::recovery_codes_left(tx, person.id).await?;
        Some(SecondFactorOutcome::ByRecoveryCode { person, left })
    } else {
        None
    };
    match entry {
        Some(entry) => {
            guesses::clear_failures(tx, &codes, ip_prefix).await?;
            Ok(entry)
        }
        None => {
            guesses::count_failure(tx, &codes, ip_prefix, at.now).await?;
            Ok(SecondFactorOutcome::Wrong)
        }
    }
}

/// Spends a recovery code that was hashed with the keys in use, or those before.
async fn spend_recovery_code(
    tx: &mut Tx,
    keys: &Keys,
    person: PersonId,
    typed: &str,
    now: Instant,
) -> Result<bool, AccountsError> {
    for keys in keys.each() {
        if store::spend_recovery_code(tx, person, &recovery::hash(keys, typed), now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The key under which wrong codes are counted. It differs from that of wrong passwords: neither a password reset nor a right
/// password in between may reset the count of wrong codes.
fn codes_key(keys: &Keys, person: PersonId) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), format!("codes of {person}").as_bytes())
}

/// Refuses while the waiting time after the last wrong code runs. After [`FAILURES_MAX`] failures from all networks one try a day is
/// left: a new password does not help then, a passkey does.
async fn refuse_codes_if_slowed(
    connection: &mut Connection,
    codes: &[u8; 32],
    ip_prefix: &str,
    now: Instant,
) -> Result<(), AccountsError> {
    let failures = guesses::failures(connection, codes, ip_prefix).await?;
    let here = failures.here.map_or(0, |(count, last)| seconds_left(count, last, now));
    let everywhere = match failures.everywhere {
        Some((count, last)) if count >= FAILURES_MAX => {
            (last + TimeDelta::days(1) - now).num_seconds().max(0).unsigned_abs()
        }
        _ => 0,
    };
    match here.max(everywhere) {
        0 => Ok(()),
        left => Err(AccountsError::CodesSlowed(left)),
    }
}

async fn spend_app_code(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    person: &Person,
    code: &str,
) -> Result<bool, AccountsError> {
    let Some(app) = queries::authenticator(tx, person.id).await? else { return Ok(false) };
    let Some(step) = Authenticator::step_by_any(keys, person.id, &app.salt, code, at.now) else { return Ok(false) };
    // One of several concurrent uses of a code succeeds.
    Ok(store::spend_step(tx, person.id, step).await?)
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
