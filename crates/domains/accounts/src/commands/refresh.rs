//! Rotating refresh tokens. A lost response must not lock the owner out; a stolen token must not stay usable.

use chrono::TimeDelta;
use database::{Tx, facts};
use kernel::{PersonId, Secret};

use super::Circumstances;
use super::login::TokenPair;
use crate::kinds::RevokeReason;
use crate::queries::Person;
use crate::session_lifetime::SessionLifetime;
use crate::sign_in_log::{self, ProofKind};
use crate::{AccountEvent, AccountsError, Keys, queries, store, tokens};

/// How long a used token is accepted once more if nobody has used its successor: long enough for a client whose response was lost to ask
/// again.
const GRACE: TimeDelta = TimeDelta::minutes(1);

/// The result of using a refresh token.
#[derive(Debug)]
pub enum Refreshed {
    Pair {
        pair: TokenPair,
        person: Box<Person>,
    },
    /// The token was used by two clients, so one of them stole it. The session is ended and its owner should be told. The caller
    /// commits, then refuses.
    Stolen {
        person: PersonId,
    },
}

/// Exchanges a refresh token for the next pair.
///
/// A token that was used within the last minute is accepted once more if nobody has used its successor: then the response was lost on the
/// way. Later, or after its successor, it was copied.
pub async fn refresh(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    token: &Secret<String>,
) -> Result<Refreshed, AccountsError> {
    let hash = tokens::opaque_hash(token.expose());
    // The session's row is locked, so concurrent uses of one family take turns and each sees what the one before did.
    let row = store::lock_refresh(tx, &hash, at.now).await?.ok_or(AccountsError::RefreshSpent)?;
    if !row.session_live {
        return Err(AccountsError::RefreshSpent);
    }
    let lost = match (row.used_at, row.successor_used) {
        // This successor was revoked because its response counted as lost. Whoever uses it now intercepted that response.
        _ if row.token_revoked_at.is_some() => return end(tx, at, &row).await,
        (None, _) => None,
        (Some(used), Some(false)) if at.now - used <= GRACE => row.successor_id,
        (Some(_), _) => return end(tx, at, &row).await,
    };
    let person = queries::person(tx, row.person_id).await?.ok_or(AccountsError::RefreshSpent)?;
    let (refresh, hash) = tokens::opaque(at.chance);
    let successor = at.chance.uuid(at.now);
    store::insert_refresh(tx, successor, row.session_id, &hash, at.now).await?;
    store::rotate(tx, row.id, lost, successor, row.session_id, at.now, SessionLifetime::of(&person.roles)).await?;
    let access = tokens::sign(keys, at.chance, at.now, person.id, row.session_id, &person.roles, person.epoch)?;
    Ok(Refreshed::Pair { pair: TokenPair { access, refresh: Secret::new(refresh) }, person: Box::new(person) })
}

async fn end(tx: &mut Tx, at: Circumstances<'_>, row: &store::RefreshRow) -> Result<Refreshed, AccountsError> {
    store::revoke_session(tx, row.session_id, row.person_id, RevokeReason::RefreshReuse, at.now).await?;
    sign_in_log::failed(ProofKind::RefreshToken, "refresh_reuse", Some(row.person_id));
    facts::append(tx, at.chance, at.now, &AccountEvent::SessionStolen { person: row.person_id }).await?;
    Ok(Refreshed::Stolen { person: row.person_id })
}
