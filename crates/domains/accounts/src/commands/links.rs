//! Mailed links that work once: to verify an address, or to set a new password.

use chrono::TimeDelta;
use database::{Connection, Tx, facts};
use kernel::{Instant, PersonId, Secret};

use super::Circumstances;
use crate::kinds::LinkPurpose;
use crate::queries::{self, Person};
use crate::throttle::{self, ThrottleOutcome};
use crate::{AccountEvent, AccountsError, store, tokens};

/// The lifetime of a verification link.
const VERIFY_HOURS: i64 = 48;
/// The lifetime of a password link.
const RESET_MINUTES: i64 = 60;
/// An address gets at most one mail of a kind in this time, whoever asks, so that nobody can flood somebody else's mailbox.
const MAIL_EVERY_S: f64 = 3_600.0;

/// The secret part of a verification link.
#[derive(Debug)]
pub struct VerificationLink(pub Secret<String>);

/// The secret part of a password link, and its recipient.
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
        LinkPurpose::VerifyEmail,
        &hash,
        at.now,
        at.now + TimeDelta::hours(VERIFY_HOURS),
    )
    .await?;
    Ok(VerificationLink(Secret::new(text)))
}

/// A new verification link, unless the address is verified already.
pub async fn request_verification(
    tx: &mut Tx,
    at: Circumstances<'_>,
    person: PersonId,
) -> Result<Option<(Person, VerificationLink)>, AccountsError> {
    let Some(found) = queries::person(tx, person).await?.filter(|found| !found.email_verified) else { return Ok(None) };
    if let ThrottleOutcome::WaitSeconds(seconds) = take_mail(tx, LinkPurpose::VerifyEmail, person, at.now).await? {
        return Err(AccountsError::MailedLately(seconds as u64));
    }
    Ok(Some((found, make_verification(tx, at, person).await?)))
}

/// Whether a mail with a link for this purpose may be sent to this person now.
async fn take_mail(
    tx: &mut Tx,
    purpose: LinkPurpose,
    person: PersonId,
    now: Instant,
) -> Result<ThrottleOutcome, sqlx::Error> {
    throttle::take(tx, &format!("{purpose}/{person}"), 1.0, 1.0 / MAIL_EVERY_S, now).await
}

/// The person whose address a valid verification link verifies.
pub async fn verification_owner(
    connection: &mut Connection,
    now: Instant,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let owner =
        queries::owner_of_link(connection, LinkPurpose::VerifyEmail, &tokens::opaque_hash(token.expose()), now).await?;
    owner.ok_or(AccountsError::LinkSpent)
}

/// The person whose password a valid password link sets.
pub async fn password_link_owner(
    connection: &mut Connection,
    now: Instant,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let owner =
        queries::owner_of_link(connection, LinkPurpose::ResetPassword, &tokens::opaque_hash(token.expose()), now)
            .await?;
    owner.ok_or(AccountsError::LinkSpent)
}

/// Uses a verification link.
pub async fn verify_email(
    tx: &mut Tx,
    at: Circumstances<'_>,
    token: &Secret<String>,
) -> Result<PersonId, AccountsError> {
    let person = store::spend_link(tx, LinkPurpose::VerifyEmail, &tokens::opaque_hash(token.expose()), at.now)
        .await?
        .ok_or(AccountsError::LinkSpent)?;
    if store::mark_verified(tx, person, at.now).await? {
        facts::append(tx, at.chance, at.now, &AccountEvent::EmailVerified { person }).await?;
    }
    Ok(person)
}

/// A password link, if the address has an account and none was mailed within the hour. The caller answers the same either way. It
/// commits only if there is a link: a refused request must not extend the waiting time.
pub async fn request_password_link(
    tx: &mut Tx,
    at: Circumstances<'_>,
    email: &str,
) -> Result<Option<PasswordLink>, AccountsError> {
    let Some((person, _)) = queries::person_by_email(tx, email.trim()).await? else { return Ok(None) };
    if person.is_suspended {
        return Ok(None);
    }
    if take_mail(tx, LinkPurpose::ResetPassword, person.id, at.now).await? != ThrottleOutcome::Allowed {
        return Ok(None);
    }
    let (text, hash) = tokens::opaque(at.chance);
    store::insert_link(
        tx,
        at.chance.uuid(at.now),
        person.id,
        LinkPurpose::ResetPassword,
        &hash,
        at.now,
        at.now + TimeDelta::minutes(RESET_MINUTES),
    )
    .await?;
    Ok(Some(PasswordLink { person, token: Secret::new(text) }))
}
