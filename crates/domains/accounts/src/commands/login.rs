//! Logging in: checking the password, then opening a new session.

use chrono::TimeDelta;
use database::{Connection, Database, Tx};
use kernel::secret::hmac_sha256;
use kernel::{Instant, Secret, SessionId};

use super::Circumstances;
use crate::queries::{self, Person};
use crate::second_step::SecondStep;
use crate::session_lifetime::SessionLifetime;
use crate::store::{self, NewSession, guesses};
use crate::{AccountsError, Hasher, Keys, tokens};

/// Consecutive failures from one network before the next try has to wait.
const FREE_FAILURES: i32 = 5;
/// The longest wait.
const WAIT_S_MAX: i64 = 900;
/// Consecutive failures from all networks after which only a mailed link opens the account again (NIST SP 800-63B).
pub(super) const FAILURES_MAX: i32 = 100;

/// The device and network of a log-in, as its owner sees them in the list of sessions.
#[derive(Debug, Clone, Copy)]
pub struct Presented<'request> {
    pub user_agent: &'request str,
    pub ip_prefix: &'request str,
}

/// An address and a password to try.
#[derive(Debug)]
pub struct PasswordLogin {
    pub email: String,
    pub password: Secret<String>,
}

/// The tokens of an API session.
#[derive(Debug)]
pub struct TokenPair {
    pub access: tokens::AccessToken,
    pub refresh: Secret<String>,
}

/// The cookie of a browser session.
#[derive(Debug)]
pub struct BrowserSession {
    pub id: SessionId,
    pub cookie: Secret<String>,
    /// How long the browser keeps the cookie. The session may end earlier; the server decides that.
    pub life: TimeDelta,
}

/// A person whose password was right. [`super::enter`] decides whether they may log in.
#[derive(Debug)]
pub struct PasswordProven {
    pub(super) person: Person,
    proven_at: Instant,
}

impl PasswordProven {
    /// Whether a code is required as well.
    pub const fn owes_code(&self) -> bool {
        self.person.has_second_factor
    }

    /// The signed proof that the browser keeps until the code is entered.
    pub fn seal(&self, keys: &Keys) -> Secret<String> {
        SecondStep { person: self.person.id, epoch: self.person.epoch, proven_at: self.proven_at }.seal(keys)
    }
}

/// Continues a log-in from the proof that the browser kept, if it is valid and the account has not changed since.
pub async fn resume_login(
    connection: &mut Connection,
    keys: &Keys,
    now: Instant,
    sealed: &str,
) -> Result<PasswordProven, AccountsError> {
    let step = SecondStep::open(keys, now, sealed).ok_or(AccountsError::NoSession)?;
    let person = queries::person(connection, step.person).await?;
    let is_as_it_was = |person: &Person| {
        person.epoch == step.epoch && person.password_changed_at.is_some_and(|changed| changed <= step.proven_at)
    };
    let person = person.filter(is_as_it_was).ok_or(AccountsError::NoSession)?;
    if person.is_suspended {
        return Err(AccountsError::Suspended);
    }
    Ok(PasswordProven { person, proven_at: step.proven_at })
}

/// Checks address and password. Failures are counted for each account and network, whether or not the account exists: guessing gets
/// slower, reveals nothing about which accounts exist, and does not slow anybody else.
pub async fn check_password(
    database: &Database,
    keys: &Keys,
    hasher: &Hasher,
    at: Circumstances<'_>,
    login: PasswordLogin,
    ip_prefix: &str,
) -> Result<PasswordProven, AccountsError> {
    let account = account_key(keys, &login.email);
    let (found, failed) = {
        let mut connection = database.acquire().await?;
        let failed = refuse_if_slowed(&mut connection, &account, ip_prefix, at.now).await?;
        (queries::person_by_email(&mut connection, login.email.trim()).await?, failed)
    };
    // No connection is held while the password is hashed: hashes queue, and would otherwise drain the pool.
    let (person, hash) = found.unzip();
    let hash = hash.flatten();
    let check = hasher.verify(keys, hash.clone(), login.password.clone()).await?;
    match person {
        Some(person) if check.matches && person.is_suspended => Err(AccountsError::Suspended),
        Some(person) if check.matches => {
            if failed {
                guesses::clear_failures(&mut *database.acquire().await?, &account, ip_prefix).await?;
            }
            if let (true, Some(old)) = (check.is_outdated, hash) {
                // Replaced only if it is still `old`: a password changed meanwhile wins.
                let new = hasher.hash(keys, at.chance, login.password).await?;
                store::replace_hash(&mut *database.acquire().await?, person.id, &old, &new).await?;
            }
            Ok(PasswordProven { person, proven_at: at.now })
        }
        _ => {
            guesses::count_failure(&mut *database.acquire().await?, &account, ip_prefix, at.now).await?;
            Err(AccountsError::BadCredentials)
        }
    }
}

/// The key under which failures for an address are counted: a keyed hash, so that the table holds no addresses.
pub(super) fn account_key(keys: &Keys, email: &str) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), email.trim().to_lowercase().as_bytes())
}

/// Whether there were failures. Refuses while the waiting time after the last one runs, and always after [`FAILURES_MAX`].
pub(super) async fn refuse_if_slowed(
    connection: &mut Connection,
    account: &[u8; 32],
    ip_prefix: &str,
    now: Instant,
) -> Result<bool, AccountsError> {
    let failures = guesses::failures(connection, account, ip_prefix).await?;
    if failures.count() >= FAILURES_MAX {
        return Err(AccountsError::Locked);
    }
    let Some((here, last)) = failures.here else { return Ok(failures.count() > 0) };
    match seconds_left(here, last, now) {
        0 => Ok(true),
        left => Err(AccountsError::Slowed(left)),
    }
}

/// Seconds still to wait at `now`, after `failures` failures of which the last was at `last`.
pub(super) fn seconds_left(failures: i32, last: Instant, now: Instant) -> u64 {
    u64::try_from(wait_s(failures) - (now - last).num_seconds()).unwrap_or(0)
}

/// Seconds to wait after this many failures: 1, 2, 4, … up to a quarter of an hour.
fn wait_s(failures: i32) -> i64 {
    if failures < FREE_FAILURES { 0 } else { (1_i64 << (failures - FREE_FAILURES).min(10)).min(WAIT_S_MAX) }
}

/// Opens an API session with a pair of tokens.
pub async fn open_api_session(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    person: &Person,
    shown: Presented<'_>,
) -> Result<TokenPair, AccountsError> {
    let session = SessionId::new(at.chance, at.now);
    insert(tx, at, person, session, None, shown).await?;
    let (refresh, hash) = tokens::opaque(at.chance);
    store::insert_refresh(tx, at.chance.uuid(at.now), session, &hash, at.now).await?;
    let access = tokens::sign(keys, at.chance, at.now, person.id, session, &person.roles, person.epoch)?;
    Ok(TokenPair { access, refresh: Secret::new(refresh) })
}

/// Opens a browser session with a cookie.
pub async fn open_browser_session(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: &Person,
    shown: Presented<'_>,
) -> Result<BrowserSession, AccountsError> {
    let id = SessionId::new(at.chance, at.now);
    let (cookie, hash) = tokens::opaque(at.chance);
    insert(tx, at, person, id, Some(hash), shown).await?;
    Ok(BrowserSession { id, cookie: Secret::new(cookie), life: SessionLifetime::of(&person.roles).absolute })
}

async fn insert(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: &Person,
    id: SessionId,
    cookie_hash: Option<[u8; 32]>,
    shown: Presented<'_>,
) -> Result<(), AccountsError> {
    let user_agent: String = shown.user_agent.chars().filter(|letter| !letter.is_control()).take(200).collect();
    let session = NewSession {
        id,
        person: person.id,
        cookie_hash,
        user_agent: &user_agent,
        ip_prefix: shown.ip_prefix,
        now: at.now,
        expires_at: SessionLifetime::of(&person.roles).ends_at(at.now, at.now),
    };
    // A suspension or a new password ends all sessions that exist at its commit. A session opened at the same time must not slip in
    // after it. The lock on the person's row puts the two in order: either this session commits first and is ended with the others,
    // or this statement waits for the other commit and then reads an epoch or date that no longer matches what was proven.
    if store::lock_standing(tx, person.id).await? != Some((person.epoch, false, person.password_changed_at)) {
        return Err(AccountsError::NoSession);
    }
    Ok(store::insert_session(tx, &session).await?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn waiting_doubles_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = [0, 4, 5, 6, 7, 14, 15, 99].into_iter().map(super::wait_s).collect();
        assert_eq!(waits, [0, 0, 1, 2, 4, 512, 900, 900]);
    }
}
