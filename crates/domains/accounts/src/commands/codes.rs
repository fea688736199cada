//! Checks a code of an authenticator app or a recovery code, and counts wrong ones.

use database::Tx;
use kernel::secret::hmac_sha256;
use kernel::{Fault as _, Instant, PersonId};

use super::Circumstances;
use super::guess::Guess;
use crate::authenticator::{self, Authenticator};
use crate::guessing::GuessVerdict;
use crate::queries::factors as queries;
use crate::sign_in_log::{self, ProofKind};
use crate::store::factors as store;
use crate::{AccountsError, Keys, recovery};

/// The result of looking at a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOutcome {
    Right,
    /// It was a recovery code; `left` are left.
    ByRecoveryCode {
        left: i64,
    },
    /// It was wrong, and was counted: the transaction has to be committed.
    Wrong,
}

/// Looks at a code of `person`, whose app must be locked by this transaction: then concurrent tries take turns, so that each is counted
/// before the next is checked. After too many failures strangers have one try a day: a new password does not help then, a passkey does.
pub(super) async fn check(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    person: PersonId,
    typed: &str,
    guess: &Guess,
) -> Result<CodeOutcome, AccountsError> {
    let refuse = |error: AccountsError| {
        sign_in_log::failed(ProofKind::Code, error.code(), Some(person));
        error
    };
    match guess.verdict(at.now) {
        GuessVerdict::Allowed => {}
        GuessVerdict::Wait(seconds) | GuessVerdict::StrangersWait(seconds) => {
            return Err(refuse(AccountsError::CodesSlowed(seconds)));
        }
    }
    let outcome = if let Some(code) = authenticator::digits_of(typed) {
        if spend_app_code(tx, keys, at, person, &code).await? { CodeOutcome::Right } else { CodeOutcome::Wrong }
    } else if spend_recovery_code(tx, keys, person, typed, at.now).await? {
        CodeOutcome::ByRecoveryCode { left: queries::recovery_codes_left(tx, person).await? }
    } else {
        CodeOutcome::Wrong
    };
    if outcome == CodeOutcome::Wrong {
        guess.failed(tx, at.now).await?;
        refuse(AccountsError::BadSecondFactor);
    } else {
        guess.succeeded(tx).await?;
        sign_in_log::succeeded(ProofKind::Code, person);
    }
    Ok(outcome)
}

/// The key under which wrong codes are counted. It differs from that of wrong passwords: neither a password reset nor a right
/// password in between may reset the count of wrong codes.
pub(super) fn codes_key(keys: &Keys, person: PersonId) -> [u8; 32] {
    hmac_sha256(keys.account_names.expose(), format!("codes of {person}").as_bytes())
}

/// Spends a recovery code that was hashed with the current keys or the previous ones.
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

async fn spend_app_code(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    person: PersonId,
    code: &str,
) -> Result<bool, AccountsError> {
    let Some(app) = queries::authenticator(tx, person).await? else { return Ok(false) };
    let Some(step) = Authenticator::step_by_any(keys, person, &app.salt, code, at.now) else { return Ok(false) };
    // One of several concurrent uses of a code succeeds.
    Ok(store::spend_step(tx, person, step).await?)
}
