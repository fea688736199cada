//! The second factor: setting an authenticator app up, its codes at the door, and taking it off again.

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

/// Somebody who began to set an app up has so long to type its first code.
const SET_UP_MINUTES: i64 = 30;

/// What an app has to be told; shown until its first code was right.
#[derive(Debug)]
pub struct AppSetUp {
    /// In base32, to type.
    pub secret: Secret<String>,
    /// `otpauth://…`, for a QR code.
    pub address: Secret<String>,
}

/// What a code came to.
#[derive(Debug)]
pub enum Entry {
    /// They may come in.
    Granted(Person),
    /// They may come in, and have so many recovery codes left.
    ByRecoveryCode { person: Person, left: i64 },
    /// The code was wrong, and was counted.
    Wrong,
}

/// Begins to set an app up, or begins anew.
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

/// What the caller's app has to be told, while it is being set up.
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

/// Turns the app on with its first code; answers the recovery codes, which nobody sees again.
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
    let app = Authenticator::new(keys, caller.id, &begun.salt);
    let step = authenticator::digits_of(code.expose()).and_then(|code| app.step_of(&code, at.now));
    let step = step.ok_or_else(wrong_first_code)?;
    if !store::confirm(tx, caller.id, &begun.salt, step, at.now).await? {
        return Err(AccountsError::AppNotBegun);
    }
    facts::append(tx, at.chance, at.now, &AccountEvent::SecondFactorAdded { person: caller.id }).await?;
    replace_codes(tx, keys, at, caller).await
}

/// Ten new recovery codes; the old ones die.
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

/// Takes the app and its recovery codes off.
pub async fn remove_app(tx: &mut Tx, at: Circumstances<'_>, caller: &Caller) -> Result<(), AccountsError> {
    if !store::remove(tx, caller.id).await? {
        return Err(AccountsError::AppOff);
    }
    facts::append(tx, at.chance, at.now, &AccountEvent::SecondFactorRemoved { person: caller.id }).await?;
    Ok(())
}

/// Lets somebody in whose password was right: at once, or with a code if they have an app. Wrong codes are counted, so the caller
/// commits whatever the answer is.
pub async fn enter(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    proven: PasswordProven,
    code: Option<&Secret<String>>,
    ip_prefix: &str,
) -> Result<Entry, AccountsError> {
    if !proven.owes_code() {
        return Ok(Entry::Granted(proven.person));
    }
    let typed = code.map(|code| code.expose().trim()).filter(|code| !code.is_empty());
    let typed = typed.ok_or(AccountsError::SecondFactorRequired)?;
    let person = proven.person;
    let codes = codes_key(keys, person.id);
    // Tries take turns, so that each is counted before the next is looked at.
    store::lock_confirmed(tx, person.id).await?;
    refuse_codes_if_slowed(tx, &codes, ip_prefix, at.now).await?;
    let entry = if let Some(code) = authenticator::digits_of(typed) {
        spend_app_code(tx, keys, at, &person, &code).await?.then_some(Entry::Granted(person))
    } else if store::spend_recovery_code(tx, person.id, &recovery::hash(keys, typed), at.now).await? {
        let left = queries::recovery_codes_left(tx, person.id).await?;
        Some(Entry::ByRecoveryCode { person, left })
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
            Ok(Entry::Wrong)
        }
    }
}

/// Names what is counted of wrong codes. It is not what is counted of wrong passwords: a mailed link that sets a new one, or a right
/// one in between, must not give fresh guesses.
fn codes_key(keys: &Keys, person: PersonId) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), format!("codes of {person}").as_bytes())
}

/// Refuses while the last wrong code is too fresh. After very many, from anywhere, there is one guess a day: no new password helps
/// there, and a passkey does.
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
    let Some(step) = Authenticator::new(keys, person.id, &app.salt).step_of(code, at.now) else { return Ok(false) };
    // Of several who bring the same code at once, the row lets one pass.
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
