//! Reads of people, sessions and links.

pub(crate) mod api_keys;
pub(crate) mod factors;
pub(crate) mod mandates;
pub(crate) mod passkeys;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Instant, PersonId, Role, SessionId};
use serde::Serialize;

use crate::kinds::{LinkPurpose, PersonStatus, SessionKind};
use crate::{AccountsError, Caller, Via, fields};

pub use api_keys::{ApiKeyView, api_keys};
pub use factors::{SecondFactorView, second_factor};
pub use mandates::{Duty, Mandate, mandates};
pub use passkeys::{PasskeyView, passkeys};

/// A person with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub id: PersonId,
    pub email: String,
    pub display_name: String,
    pub roles: Vec<Role>,
    pub is_suspended: bool,
    pub time_zone: String,
    pub locale: String,
    pub email_verified: bool,
    pub epoch: i32,
    pub created_at: Instant,
    /// Whether log-in asks for a code of an authenticator app.
    pub has_second_factor: bool,
    pub has_passkey: bool,
    /// When the password was set; `None` for people without one.
    pub(crate) password_changed_at: Option<Instant>,
}

/// One log-in on one device, as its owner sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    pub id: SessionId,
    pub kind: SessionKind,
    pub user_agent: String,
    /// The network prefix, not the whole address.
    pub ip_prefix: String,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// Whether this is the session of the call itself.
    pub current: bool,
}

struct PersonRow {
    id: PersonId,
    email: String,
    display_name: String,
    roles: Vec<String>,
    status: PersonStatus,
    time_zone: String,
    locale: String,
    email_verified_at: Option<Instant>,
    epoch: i32,
    created_at: Instant,
    has_second_factor: bool,
    has_passkey: bool,
    password_changed_at: Option<Instant>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: row.id,
            email: row.email,
            display_name: row.display_name,
            roles: roles_of(&row.roles),
            is_suspended: row.status == PersonStatus::Suspended,
            time_zone: row.time_zone,
            locale: row.locale,
            email_verified: row.email_verified_at.is_some(),
            epoch: row.epoch,
            created_at: row.created_at,
            has_second_factor: row.has_second_factor,
            has_passkey: row.has_passkey,
            password_changed_at: row.password_changed_at,
        }
    }
}

/// The person with this id.
pub async fn person(connection: &mut Connection, id: PersonId) -> Result<Option<Person>, AccountsError> {
    let row = sqlx::query_as!(
        PersonRow,
        r#"SELECT id AS "id: PersonId", email, display_name, roles, status AS "status: PersonStatus", time_zone, locale,
                  email_verified_at, epoch, created_at,
                  EXISTS (SELECT FROM authenticators WHERE person_id = people.id AND confirmed_at IS NOT NULL) AS "has_second_factor!",
                  EXISTS (SELECT FROM passkeys WHERE person_id = people.id) AS "has_passkey!",
                  (SELECT changed_at FROM credentials WHERE person_id = people.id) AS password_changed_at
           FROM people WHERE id = $1"#,
        id.0
    );
    Ok(row.fetch_optional(connection).await?.map(Person::from))
}

/// The person with this e-mail address, however it is spelled.
pub(crate) async fn person_by_email(connection: &mut Connection, email: &str) -> Result<Option<Person>, AccountsError> {
    Ok(person_with_password(connection, email).await?.map(|(person, _)| person))
}

/// The same, with their password hash. One statement, so that the hash and the date when it was set belong together.
pub(crate) async fn person_with_password(
    connection: &mut Connection,
    email: &str,
) -> Result<Option<(Person, Option<String>)>, AccountsError> {
    let [address, as_typed] = fields::email_spellings(email);
    let row = sqlx::query!(
        r#"SELECT people.id AS "id: PersonId", email, display_name, roles, status AS "status: PersonStatus", time_zone, locale,
                  email_verified_at, epoch, created_at,
                  EXISTS (SELECT FROM authenticators WHERE person_id = people.id AND confirmed_at IS NOT NULL) AS "has_second_factor!",
                  EXISTS (SELECT FROM passkeys WHERE person_id = people.id) AS "has_passkey!",
                  credentials.changed_at AS "password_changed_at?", credentials.password_hash AS "password_hash?"
           FROM people LEFT JOIN credentials ON credentials.person_id = people.id
           WHERE lower(email) IN (lower($1), lower($2)) ORDER BY lower(email) = lower($1) DESC LIMIT 1"#,
        address,
        as_typed
    );
    Ok(row.fetch_optional(connection).await?.map(|row| {
        let person = PersonRow {
            id: row.id,
            email: row.email,
            display_name: row.display_name,
            roles: row.roles,
            status: row.status,
            time_zone: row.time_zone,
            locale: row.locale,
            email_verified_at: row.email_verified_at,
            epoch: row.epoch,
            created_at: row.created_at,
            has_second_factor: row.has_second_factor,
            has_passkey: row.has_passkey,
            password_changed_at: row.password_changed_at,
        };
        (person.into(), row.password_hash)
    }))
}

/// Whether one of somebody's latest sessions was opened from this network and not revoked, other than by logging out. A session that was
/// revoked in another way may have been a stranger's.
pub(crate) async fn knows_network(
    connection: &mut Connection,
    person: Option<PersonId>,
    ip_prefix: &str,
) -> Result<bool, AccountsError> {
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM (SELECT ip_prefix, revoked_at, revoke_reason FROM sessions
                          WHERE person_id = $1 ORDER BY created_at DESC LIMIT 50) lately
             WHERE ip_prefix = $2 AND (revoked_at IS NULL OR revoke_reason = 'logout')) AS "known!""#,
        person.map(|id| id.0),
        ip_prefix
    );
    Ok(known.fetch_one(connection).await?)
}

/// Display names by person.
pub async fn display_names(
    connection: &mut Connection,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, String>, AccountsError> {
    let ids: Vec<uuid::Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(r#"SELECT id AS "id: PersonId", display_name FROM people WHERE id = ANY($1)"#, &ids)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.display_name)).collect())
}

/// The owner of a link that is neither spent nor expired.
pub(crate) async fn owner_of_link(
    connection: &mut Connection,
    purpose: LinkPurpose,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<PersonId>, AccountsError> {
    let owner = sqlx::query_scalar!(
        r#"SELECT person_id AS "person_id: PersonId" FROM purpose_tokens
           WHERE purpose = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3"#,
        purpose.as_str(),
        hash.as_slice(),
        now
    );
    Ok(owner.fetch_optional(connection).await?)
}

/// The hash of a person's password.
pub(crate) async fn password_hash(connection: &mut Connection, id: PersonId) -> Result<Option<String>, AccountsError> {
    Ok(sqlx::query_scalar!("SELECT password_hash FROM credentials WHERE person_id = $1", id.0)
        .fetch_optional(connection)
        .await?)
}

/// What a caller is made of.
pub(crate) struct CallerRow {
    pub id: PersonId,
    pub session_id: SessionId,
    pub email: String,
    pub display_name: String,
    pub roles: Vec<String>,
    pub time_zone: String,
    pub email_verified_at: Option<Instant>,
    pub has_app: bool,
    pub lacks_second_factor: bool,
    pub epoch: i32,
}

impl CallerRow {
    pub fn into_caller(self, via: impl FnOnce(SessionId) -> Via) -> (Caller, i32) {
        let caller = Caller {
            id: self.id,
            roles: roles_of(&self.roles),
            display_name: self.display_name,
            email: self.email,
            email_verified: self.email_verified_at.is_some(),
            time_zone: self.time_zone,
            has_app: self.has_app,
            lacks_second_factor: self.lacks_second_factor,
            via: via(self.session_id),
        };
        (caller, self.epoch)
    }
}

/// The person of a live session, and their epoch.
pub(crate) async fn caller_by_session(
    connection: &mut Connection,
    id: SessionId,
    now: Instant,
) -> Result<Option<(Caller, i32)>, AccountsError> {
    let row = sqlx::query_as!(
        CallerRow,
        r#"SELECT p.id AS "id: PersonId", s.id AS "session_id: SessionId", p.email, p.display_name, p.roles, p.time_zone,
                  p.email_verified_at, p.epoch,
                  EXISTS (SELECT FROM authenticators WHERE person_id = p.id AND confirmed_at IS NOT NULL) AS "has_app!",
                  p.roles && ARRAY['support', 'admin'] AND NOT EXISTS (SELECT FROM passkeys WHERE person_id = p.id)
                    AND NOT EXISTS (SELECT FROM authenticators WHERE person_id = p.id AND confirmed_at IS NOT NULL)
                    AS "lacks_second_factor!"
           FROM sessions s JOIN people p ON p.id = s.person_id
           WHERE s.id = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND p.status = 'active'"#,
        id.0,
        now
    );
    Ok(row.fetch_optional(connection).await?.map(|row| row.into_caller(Via::Bearer)))
}

/// A person's live sessions, newest first; `current` is the session of the call.
pub async fn sessions(
    connection: &mut Connection,
    person: PersonId,
    current: SessionId,
    now: Instant,
) -> Result<Vec<SessionView>, AccountsError> {
    let rows = sqlx::query_as!(
        SessionView,
        r#"SELECT id AS "id: SessionId", kind AS "kind: SessionKind", user_agent, ip_prefix, created_at, last_seen_at, id = $2 AS "current!"
           FROM sessions WHERE person_id = $1 AND revoked_at IS NULL AND expires_at > $3 ORDER BY created_at DESC, id DESC LIMIT 100"#,
        person.0,
        current.0,
        now
    );
    Ok(rows.fetch_all(connection).await?)
}

fn roles_of(texts: &[String]) -> Vec<Role> {
    texts.iter().filter_map(|text| Role::from_text(text)).collect()
}
