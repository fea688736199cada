//! Logging in: checking the password, then opening a new session.

use chrono::TimeDelta;
use database::{Connection, Database, Tx};
use kernel::secret::hmac_sha256;
use kernel::{Fault as _, Instant, Secret, SessionId};

use super::guess::{Guess, Presented};
use super::{Circumstances, Passwords};
use crate::guessing::GuessVerdict;
use crate::queries::{self, Person};
use crate::second_step::SecondStep;
use crate::session_lifetime::SessionLifetime;
use crate::sign_in_log::{self, ProofKind};
use crate::store::{self, NewSession};
use crate::{AccountsError, Keys, device, fields, tokens};

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
    /// For the browser to show at later log-ins, for [`device::DEVICE_LIFE`]: guesses of others do not slow it down.
    pub device: Secret<String>,
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

    /// Whether the person must come with a passkey instead: they have one, and no app whose code could stand beside the password.
    pub fn must_show_passkey(&self) -> bool {
        self.person.roles.iter().any(|role| role.is_staff())
            && self.person.has_passkey
            && !self.person.has_second_factor
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

/// Checks address and password. Failures are counted for each account and source, whether or not the account exists: guessing gets slower
/// for the source that it comes from, reveals nothing about which accounts exist, and keeps no owner out.
pub async fn check_password(
    database: &Database,
    passwords: Passwords<'_>,
    at: Circumstances<'_>,
    login: PasswordLogin,
    shown: Presented<'_>,
) -> Result<PasswordProven, AccountsError> {
    let Passwords { keys, hasher, .. } = passwords;
    let account = account_key(keys, &login.email);
    let (found, guess) = {
        let mut connection = database.acquire().await?;
        let found = queries::person_with_password(&mut connection, &login.email).await?;
        let person = found.as_ref().map(|(person, _)| person);
        let guess = Guess::at_log_in(&mut connection, keys, at.now, account, person, shown).await?;
        (found, guess)
    };
    let (person, hash) = found.unzip();
    let refuse = |error: AccountsError| {
        sign_in_log::failed(ProofKind::Password, error.code(), person.as_ref().map(|person| person.id));
        error
    };
    match guess.verdict(at.now) {
        GuessVerdict::Allowed => {}
        GuessVerdict::Wait(seconds) => return Err(refuse(AccountsError::Slowed(seconds))),
        GuessVerdict::StrangersWait(seconds) => return Err(refuse(AccountsError::Locked(seconds))),
    }
    let hash = hash.flatten();
    // No connection is held while the password is hashed: hashes queue, and would otherwise drain the pool.
    let check = hasher.verify(keys, hash.clone(), login.password.clone()).await?;
    let Some(person) = person.as_ref().filter(|_| check.matches) else {
        guess.failed(&mut *database.acquire().await?, at.now).await?;
        return Err(refuse(AccountsError::BadCredentials));
    };
    if person.is_suspended {
        return Err(refuse(AccountsError::Suspended));
    }
    if guess.has_failures() {
        guess.succeeded(&mut *database.acquire().await?).await?;
    }
    if let (true, Some(old)) = (check.is_outdated, hash) {
        // Replaced only if it is still `old`: a password changed meanwhile wins.
        let new = hasher.hash(keys, at.chance, login.password).await?;
        store::replace_hash(&mut *database.acquire().await?, person.id, &old, &new).await?;
    }
    sign_in_log::succeeded(ProofKind::Password, person.id);
    Ok(PasswordProven { person: person.clone(), proven_at: at.now })
}

/// The key under which failures for an address are counted: a keyed hash, so that the table holds no addresses.
pub(super) fn account_key(keys: &Keys, email: &str) -> [u8; 32] {
    let [address, _] = fields::email_spellings(email);
    hmac_sha256(keys.account_names.expose(), address.to_lowercase().as_bytes())
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
    keys: &Keys,
    at: Circumstances<'_>,
    person: &Person,
    shown: Presented<'_>,
) -> Result<BrowserSession, AccountsError> {
    let id = SessionId::new(at.chance, at.now);
    let (cookie, hash) = tokens::opaque(at.chance);
    insert(tx, at, person, id, Some(hash), shown).await?;
    let device = device::remember(keys, at.chance, at.now, person, shown.device);
    Ok(BrowserSession { id, cookie: Secret::new(cookie), life: SessionLifetime::of(&person.roles).absolute, device })
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
    use super::*;

    /// As in Authelia's advisory GHSA-m5mf-3963-4x26, where guesses under each spelling of one account are counted apart.
    #[test]
    fn one_account_is_counted_under_one_key_however_its_address_is_typed() {
        let keys = Keys::derive(&Secret::new(b"a secret of this test, of some length".to_vec()));
        let key = |text: &str| account_key(&keys, text);
        for text in
            [" ana@bücher.example ", "ANA@BÜCHER.EXAMPLE", "Ana@xn--bcher-kva.example", "ana@XN--BCHER-KVA.example"]
        {
            assert_eq!(key(text), key("ana@xn--bcher-kva.example"), "{text}");
        }
        assert_ne!(key("ana@bucher.example"), key("ana@bücher.example"));
    }
}
