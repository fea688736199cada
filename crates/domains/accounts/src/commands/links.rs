//! Links that are mailed and work once: to verify an address, to set a new password.

use chrono::TimeDelta;
use database::{Connection, Tx, facts};
use kernel::{Instant, PersonId, Secret};

use super::Circumstances;
use crate::limits::{self, Taken};
use crate::queries::{self, Person};
use crate::{AccountEvent, AccountsError, store, tokens};

pub(crate) const VERIFY: &str = "verify_email";
pub(crate) const RESET: &str = "reset_password";

/// Hours a verification link works.
const VERIFY_HOURS: i64 = 48;
/// Minutes a password link works.
const RESET_MINUTES: i64 = 60;
/// One mail of a kind goes to an address in so many seconds, whoever asks: nobody can fill another's mailbox.
const MAIL_EVERY_S: f64 = 3_600.0;

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
    let Some(found) = queries::person(tx, person).await?.filter(|found| !found.email_verified) else { return Ok(None) };
    if let Taken::WaitSeconds(seconds) = take_mail(tx, VERIFY, person, at.now).await? {
        return Err(AccountsError::MailedLately(seconds as u64));
    }
    Ok(Some((found, make_verification(tx, at, person).await?)))
}

/// Whether a mail with such a link may go to this person now.
async fn take_mail(tx: &mut Tx, purpose: &str, person: PersonId, now: Instant) -> Result<Taken, sqlx::Error> {
    limits::take(tx, &format!("{purpose}/{person}"), 1.0, 1.0 / MAIL_EVERY_S, now).await
}

/// Whose address a verification link verifies, while it works.
pub async fn verification_owner(
    connection: &mut Connection,
    now: Instant,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let owner = queries::owner_of_link(connection, VERIFY, &tokens::opaque_hash(token.expose()), now).await?;
    owner.ok_or(AccountsError::LinkSpent)
}

/// Whose password a password link sets, while it works.
pub async fn password_link_owner(
    connection: &mut Connection,
    now: Instant,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let owner = queries::owner_of_link(connection, RESET, &tokens::opaque_hash(token.expose()), now).await?;
    owner.ok_or(AccountsError::LinkSpent)
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
        facts::append(tx, at.chance, at.now, &AccountEvent::EmailVerified { person }).await?;
    }
    Ok(person)
}

/// A password link, if the address has an account and none was mailed within the hour. The caller answers the same either way, and
/// commits only if there is a link: who asks again before the hour is over does not begin another.
pub async fn request_password_link(
    tx: &mut Tx,
    at: Circumstances<'_>,
    email: &str,
) -> Result<Option<PasswordLink>, AccountsError> {
    let Some((person, _)) = queries::person_by_email(tx, email.trim()).await? else { return Ok(None) };
    if person.is_suspended {
        return Ok(None);
    }
    if take_mail(tx, RESET, person.id, at.now).await? != Taken::Yes {
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
