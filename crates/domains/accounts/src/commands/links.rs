//! Mailed links that work once: to verify an address, or to set a new password.

use chrono::TimeDelta;
use database::{Connection, Tx, facts};
use kernel::{Instant, PersonId, Secret};

use super::{Circumstances, Presented};
use crate::kinds::LinkPurpose;
use crate::queries::{self, Person};
use crate::throttle::{self, Bucket, ThrottleOutcome};
use crate::{AccountEvent, AccountsError, Keys, device, store, tokens};

/// The lifetime of a verification link.
const VERIFY_HOURS: i64 = 48;
/// The lifetime of a password link.
const RESET_MINUTES: i64 = 60;
/// A verification link is mailed at most once in this time.
const VERIFICATION_EVERY_S: f64 = 3_600.0;
/// Password links that are mailed within [`RESET_MINUTES`]: for strangers together, and for each device and network that the owner has
/// signed in from. Nobody can flood a mailbox, and nobody's requests keep the owner's own link away: strangers who have used up theirs
/// have left links in the mailbox that still work.
const RESET_MAILS: f64 = 3.0;

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
    let key = format!("{}/{person}", LinkPurpose::VerifyEmail);
    let bucket = Bucket { key, capacity: 1.0, refill_per_s: 1.0 / VERIFICATION_EVERY_S };
    if let ThrottleOutcome::Empty { wait_s, .. } = throttle::take(tx, &[bucket], at.now).await? {
        return Err(AccountsError::MailedLately(wait_s as u64));
    }
    store::spend_links(tx, person, LinkPurpose::VerifyEmail, at.now).await?;
    Ok(Some((found, make_verification(tx, at, person).await?)))
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

/// A password link, if the address has an account and not too many were mailed. The caller commits only if there is a link: a refused
/// request must not extend the waiting time. Earlier links work on, so that a stranger's request voids no link of the owner's.
pub async fn request_password_link(
    tx: &mut Tx,
    keys: &Keys,
    at: Circumstances<'_>,
    email: &str,
    shown: Presented<'_>,
) -> Result<Option<PasswordLink>, AccountsError> {
    let Some(person) = queries::person_by_email(tx, email).await?.filter(|person| !person.is_suspended) else {
        return Ok(None);
    };
    let bucket = Bucket {
        key: reset_key(tx, keys, at.now, &person, shown).await?,
        capacity: RESET_MAILS,
        refill_per_s: RESET_MAILS / (RESET_MINUTES * 60) as f64,
    };
    if throttle::take(tx, &[bucket], at.now).await? != ThrottleOutcome::Allowed {
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

/// The bucket of mails that a request counts against: one for all strangers, one for each device and network of the owner's.
async fn reset_key(
    tx: &mut Tx,
    keys: &Keys,
    now: Instant,
    person: &Person,
    shown: Presented<'_>,
) -> Result<String, AccountsError> {
    let strangers = format!("{}/{}", LinkPurpose::ResetPassword, person.id);
    Ok(match device::known_id(keys, now, person, shown.device) {
        Some(id) => format!("{strangers}/device/{id}"),
        None if queries::knows_network(tx, Some(person.id), shown.ip_prefix).await? => {
            format!("{strangers}/{}", shown.ip_prefix)
        }
        None => strangers,
    })
}
