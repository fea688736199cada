//! API keys: programs act for a person with a key, limited to its scopes.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use database::{Tx, facts};
use kernel::{ApiKeyId, FieldFault, Instant, Scope, Secret};

use super::Circumstances;
use crate::queries::ApiKeyView;
use crate::store::api_keys as store;
use crate::{AccountEvent, AccountsError, Caller, fields, sign_in_log, tokens};

/// The most keys that one person may have at a time.
const KEYS_MAX: i64 = 20;
/// The longest lifetime of a key.
pub const KEY_DAYS_MAX: u16 = 365;
/// The number of leading letters that are stored so that owners recognise a key; the rest still has 230 random bits.
const HINT_LENGTH: usize = tokens::KEY_PREFIX.len() + 4;

/// A request for a key.
#[derive(Debug)]
pub struct KeyRequest {
    /// The owner's name for it.
    pub name: String,
    pub scopes: Vec<Scope>,
    /// Its lifetime, 1 to [`KEY_DAYS_MAX`].
    pub days: u16,
}

/// A valid request.
#[derive(Debug)]
pub struct PreparedKey {
    name: String,
    scopes: BTreeSet<Scope>,
    life: TimeDelta,
}

/// A new key. Its text is shown now and never again.
#[derive(Debug)]
pub struct MadeKey {
    pub text: Secret<String>,
    pub view: ApiKeyView,
}

/// Checks the request.
pub fn prepare_key(request: KeyRequest) -> Result<PreparedKey, AccountsError> {
    let mut faults = Vec::new();
    let name = fields::key_name(&request.name).map_err(|fault| faults.push(fault)).unwrap_or_default();
    if request.scopes.is_empty() {
        faults.push(FieldFault::new("scopes", "required", "Name at least one scope, such as bookings:read."));
    }
    if !(1..=KEY_DAYS_MAX).contains(&request.days) {
        let sentence = format!("A key lives 1 to {KEY_DAYS_MAX} days.");
        faults.push(FieldFault::new("expires_in_days", "out_of_range", sentence));
    }
    if !faults.is_empty() {
        return Err(AccountsError::Fields(faults));
    }
    Ok(PreparedKey {
        name,
        scopes: request.scopes.into_iter().collect(),
        life: TimeDelta::days(i64::from(request.days)),
    })
}

/// Makes the key. Its owner has proven themselves anew, so that somebody at an unattended browser cannot make a key that outlives the
/// session.
pub async fn create_key(
    tx: &mut Tx,
    at: Circumstances<'_>,
    caller: &Caller,
    key: PreparedKey,
) -> Result<MadeKey, AccountsError> {
    if store::lock_and_count(tx, caller.id).await? >= KEYS_MAX {
        return Err(AccountsError::TooManyKeys);
    }
    // A password change ends sessions and keys. Holding the session's row makes it wait until this key exists and is ended too,
    // or, if it came first, makes this call fail.
    crate::store::hold_session(tx, caller.session()?).await?.ok_or(AccountsError::NoSession)?;
    let (text, hash) = tokens::api_key(at.chance);
    let view = ApiKeyView {
        id: ApiKeyId::new(at.chance, at.now),
        name: key.name,
        hint: text[..HINT_LENGTH].to_owned(),
        scopes: key.scopes.into_iter().collect(),
        created_at: at.now,
        expires_at: at.now + key.life,
        last_used_at: None,
    };
    if !store::insert(tx, caller.id, &view, &hash).await? {
        return Err(AccountsError::KeyNameTaken);
    }
    sign_in_log::changed("api_key_made", caller.id);
    facts::append(tx, at.chance, at.now, &AccountEvent::ApiKeyCreated { person: caller.id, key: view.id }).await?;
    Ok(MadeKey { text: Secret::new(text), view })
}

/// Revokes one of the caller's keys. Someone else's key counts as missing.
pub async fn end_key(tx: &mut Tx, now: Instant, caller: &Caller, id: ApiKeyId) -> Result<(), AccountsError> {
    if store::revoke(tx, caller.id, id, now).await? { Ok(()) } else { Err(AccountsError::KeyNotFound) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_needs_a_name_a_scope_and_an_end() {
        let request =
            |name: &str, scopes: &[Scope], days| KeyRequest { name: name.into(), scopes: scopes.into(), days };
        let fields = |request| match prepare_key(request) {
            Err(AccountsError::Fields(faults)) => faults.into_iter().map(|fault| fault.field).collect(),
            _ => Vec::new(),
        };
        assert!(fields(request("Tour planner", &[Scope::BookingsRead], 90)).is_empty());
        assert_eq!(fields(request(" ", &[], 0)), ["name", "scopes", "expires_in_days"]);
        assert_eq!(fields(request("\u{202e}x", &[Scope::BookingsRead], 366)), ["name", "expires_in_days"]);
    }
}
