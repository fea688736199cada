//! Links that are mailed and work once: to verify an address, to set a new password.

use chrono::TimeDelta;
use database::{Tx, outbox};
use kernel::{PersonId, Secret};

use super::Circumstances;
use crate::queries::{self, Person};
use crate::{AccountEvent, AccountsError, store, tokens};

const VERIFY: &str = "verify_email";
pub(crate) const RESET: &str = "reset_password";

/// Hours a verification link works.
const VERIFY_HOURS: i64 = 48;
/// Minutes a password link works.
const RESET_MINUTES: i64 = 60;

/// The secret part of a verification link.
#[derive(Debug)]
pub struct VerificationLink(pub Secret<String>);

/// The secret part of a password link, and whom to mail it to.
#[derive(Debug)]
pub struct PasswordLink {
    pub person: Person,
    pub token: Secret<String>,
}

pub(crate) async fn make_verification(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: PersonId,
) -> Result<VerificationLink, AccountsError> {
    let (text, hash) = tokens::opaque(at.chance);
    store::insert_link(
        tx,
        at.chance.uuid(at.now),
        person,
        VERIFY,
        &hash,
        at.now,
        at.now + TimeDelta::hours(VERIFY_HOURS),
    )
    .await?;
    Ok(VerificationLink(Secret::new(text)))
}

/// A fresh verification link, unless the address is verified.
pub async fn request_verification(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: PersonId,
) -> Result<Option<(Person, VerificationLink)>, AccountsError> {
    match queries::person(tx, person).await? {
        Some(found) if !found.email_verified => Ok(Some((found, make_verification(tx, at, person).await?))),
        _ => Ok(None),
    }
}

/// Uses a verification link.
pub async fn verify_email(
    tx: &mut Tx,
    at: Circumstances<'_>,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let person = store::spend_link(tx, VERIFY, &tokens::opaque_hash(token.expose()), at.now)
        .await?
        .ok_or(AccountsError::LinkSpent)?;
    if store::mark_verified(tx, person, at.now).await? {
        outbox::append(tx, at.chance, at.now, &AccountEvent::EmailVerified { person }).await?;
    }
    Ok(person)
}

/// A password link, if the address has an account. The caller answers the same either way.
pub async fn request_password_link(
    tx: &mut Tx,
    at: Circumstances<'_>,
    email: &str,
) -> Result<Option<PasswordLink>, AccountsError> {
    let Some((person, _)) = queries::person_by_email(tx, email.trim()).await? else { return Ok(None) };
    if person.is_suspended {
        return Ok(None);
    }
    let (text, hash) = tokens::opaque(at.chance);
    store::insert_link(
        tx,
        at.chance.uuid(at.now),
        person.id,
        RESET,
        &hash,
        at.now,
        at.now + TimeDelta::minutes(RESET_MINUTES),
    )
    .await?;
    Ok(Some(PasswordLink { person, token: Secret::new(text) }))
}
