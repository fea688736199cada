//! Whoever changes how an account is opened has to prove again that it is theirs, with everything that a log-in asks for.

use database::{Database, Tx};
use kernel::secret::hmac_sha256;
use kernel::{Fault as _, FieldFault, Instant, PersonId, Secret};

use super::codes::{self, CodeOutcome, codes_key};
use super::guess::{Guess, Inside};
use super::{Circumstances, Passwords};
use crate::guessing::GuessVerdict;
use crate::sign_in_log::{self, ProofKind};
use crate::store::factors;
use crate::{AccountsError, Caller, Keys, queries};

/// What somebody who is signed in proves themselves with once more.
#[derive(Debug)]
pub struct OwnerProof {
    pub password: Secret<String>,
    /// Of their authenticator app, or a recovery code; needed where an app is on.
    pub code: Option<Secret<String>>,
}

/// Checks the password of somebody who is signed in or was mailed a link; call it before any transaction begins. Failures slow down as at
/// log-in, but are counted apart from those.
pub async fn check_own_password(
    database: &Database,
    passwords: Passwords<'_>,
    now: Instant,
    person: PersonId,
    inside: Inside,
    password: Secret<String>,
) -> Result<(), AccountsError> {
    let refuse = |error: AccountsError| {
        sign_in_log::failed(ProofKind::OwnPassword, error.code(), Some(person));
        error
    };
    let (stored, guess) = {
        let mut connection = database.acquire().await?;
        let guess = Guess::inside(&mut connection, own_password_key(passwords.keys, person), inside).await?;
        (queries::password_hash(&mut connection, person).await?, guess)
    };
    match guess.verdict(now) {
        GuessVerdict::Allowed => {}
        GuessVerdict::Wait(seconds) | GuessVerdict::StrangersWait(seconds) => {
            return Err(refuse(AccountsError::Slowed(seconds)));
        }
    }
    // No connection is held while the password is hashed.
    if passwords.hasher.verify(passwords.keys, stored, password).await?.matches {
        if guess.has_failures() {
            guess.succeeded(&mut *database.acquire().await?).await?;
        }
        return Ok(());
    }
    guess.failed(&mut *database.acquire().await?, now).await?;
    let fault = FieldFault::new("current_password", "wrong", "This is not your current password.");
    Err(refuse(AccountsError::Fields(vec![fault])))
}

/// Checks the code of somebody whose password was right, if they have an authenticator app. A wrong code is counted in this transaction,
/// so the caller commits whatever the outcome is.
pub async fn confirm_code(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    caller: &Caller,
    code: Option<&Secret<String>>,
) -> Result<CodeOutcome, AccountsError> {
    if !factors::lock_confirmed(tx, caller.id).await? {
        return Ok(CodeOutcome::Right);
    }
    let typed = code.map(|code| code.expose().trim()).filter(|code| !code.is_empty());
    let typed = typed.ok_or_else(|| {
        let sentence = "Enter the code of your authenticator app, or a recovery code.";
        AccountsError::Fields(vec![FieldFault::new("code", "required", sentence)])
    })?;
    let guess = Guess::inside(tx, codes_key(keys, caller.id), Inside::Session(caller.session()?)).await?;
    codes::check(tx, keys, at, caller.id, typed, &guess).await
}

/// The refusal of a wrong code, once it is counted.
pub fn wrong_code() -> AccountsError {
    let sentence = "This code is not right, or it was used. Wait for the app's next one, or use a recovery code.";
    AccountsError::Fields(vec![FieldFault::new("code", "wrong", sentence)])
}

pub(super) fn own_password_key(keys: &Keys, person: PersonId) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), format!("own password of {person}").as_bytes())
}
