//! Writes and locks of people, credentials, sessions and links.

pub(crate) mod api_keys;
pub(crate) mod factors;
pub(crate) mod guesses;
pub(crate) mod passkeys;
pub(crate) mod visits;

use database::{Connection, Tx};
use kernel::{Instant, PersonId, SessionId};
use uuid::Uuid;

use crate::fields;
use crate::kinds::{LinkPurpose, PersonStatus, RevokeReason, SessionKind};
use crate::session_lifetime::SessionLifetime;

/// A new session.
pub(crate) struct NewSession<'value> {
    pub id: SessionId,
    pub person: PersonId,
    pub cookie_hash: Option<[u8; 32]>,
    pub user_agent: &'value str,
    pub ip_prefix: &'value str,
    pub now: Instant,
    pub expires_at: Instant,
}

/// A refresh token with its session, as rotation reads it.
pub(crate) struct RefreshRow {
    pub id: Uuid,
    pub session_id: SessionId,
    pub person_id: PersonId,
    pub used_at: Option<Instant>,
    pub successor_used: Option<bool>,
    pub successor_id: Option<Uuid>,
    pub token_revoked_at: Option<Instant>,
    pub session_live: bool,
}

/// A new person.
pub(crate) struct NewPerson<'value> {
    pub id: PersonId,
    pub email: &'value str,
    pub display_name: &'value str,
    pub time_zone: &'value str,
    pub password_hash: &'value str,
    pub now: Instant,
}

/// Adds a person with a password; `false` when the address is taken. One statement, so that the two cases take about as long.
pub(crate) async fn insert_person(tx: &mut Tx, person: &NewPerson<'_>) -> Result<bool, sqlx::Error> {
    // Earlier releases stored the host as it was typed, where now its form in ASCII stands.
    let [_, as_typed] = fields::email_spellings(person.email);
    let inserted = sqlx::query!(
        "WITH person AS (
           INSERT INTO people (id, email, display_name, time_zone, created_at, updated_at)
           SELECT $1, $2, $3, $4, $5, $5 WHERE NOT EXISTS (SELECT FROM people WHERE lower(email) = lower($6))
           ON CONFLICT DO NOTHING RETURNING id)
         INSERT INTO credentials (person_id, password_hash, changed_at) SELECT id, $7, $5 FROM person",
        person.id.0,
        person.email,
        person.display_name,
        person.time_zone,
        person.now,
        as_typed,
        person.password_hash
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Sets a person's password hash.
pub(crate) async fn set_password(tx: &mut Tx, id: PersonId, hash: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO credentials (person_id, password_hash, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at",
        id.0,
        hash,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Replaces the hash `old` by a new hash of the same password, unless the password was changed meanwhile.
pub(crate) async fn replace_hash(
    connection: &mut Connection,
    id: PersonId,
    old: &str,
    new: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE credentials SET password_hash = $3 WHERE person_id = $1 AND password_hash = $2",
        id.0,
        old,
        new
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Invalidates every access token of a person.
pub(crate) async fn raise_epoch(tx: &mut Tx, id: PersonId, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE people SET epoch = epoch + 1, updated_at = $2 WHERE id = $1", id.0, now)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Suspends a person and invalidates their access tokens.
pub(crate) async fn suspend(tx: &mut Tx, id: PersonId, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE people SET status = 'suspended', epoch = epoch + 1, updated_at = $2 WHERE id = $1", id.0, now)
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Marks the address as verified; `false` when it was already.
pub(crate) async fn mark_verified(tx: &mut Tx, id: PersonId, now: Instant) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "UPDATE people SET email_verified_at = $2, updated_at = $2 WHERE id = $1 AND email_verified_at IS NULL",
        id.0,
        now
    );
    Ok(marked.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Changes the given fields of a profile.
pub(crate) async fn update_person(
    tx: &mut Tx,
    id: PersonId,
    display_name: Option<&str>,
    time_zone: Option<&str>,
    locale: Option<&str>,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE people SET display_name = coalesce($2, display_name), time_zone = coalesce($3, time_zone),
           locale = coalesce($4, locale), updated_at = $5
         WHERE id = $1",
        id.0,
        display_name,
        time_zone,
        locale,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// A person's epoch, whether they are suspended, and when their password was set. Locks the rows: none of it changes before this
/// transaction ends.
pub(crate) async fn lock_standing(
    tx: &mut Tx,
    person: PersonId,
) -> Result<Option<(i32, bool, Option<Instant>)>, sqlx::Error> {
    // Rows are locked in the order in which a new password writes them, so that the two cannot deadlock.
    let changed_at = sqlx::query_scalar!("SELECT changed_at FROM credentials WHERE person_id = $1 FOR SHARE", person.0)
        .fetch_optional(&mut **tx)
        .await?;
    let row =
        sqlx::query!(r#"SELECT epoch, status AS "status: PersonStatus" FROM people WHERE id = $1 FOR SHARE"#, person.0);
    Ok(row.fetch_optional(&mut **tx).await?.map(|row| (row.epoch, row.status == PersonStatus::Suspended, changed_at)))
}

/// Locks a session if it is live, so that it does not end before this transaction does. For actions that asked for the password: a
/// password change at the same time ends the session, so either it waits for this lock or this finds the session ended.
pub(crate) async fn hold_session(tx: &mut Tx, id: SessionId) -> Result<Option<SessionId>, sqlx::Error> {
    let held = sqlx::query_scalar!("SELECT id FROM sessions WHERE id = $1 AND revoked_at IS NULL FOR SHARE", id.0);
    Ok(held.fetch_optional(&mut **tx).await?.map(SessionId))
}

/// Spends every open link of a kind of a person.
pub(crate) async fn spend_links(
    tx: &mut Tx,
    person: PersonId,
    purpose: LinkPurpose,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE purpose_tokens SET used_at = $3 WHERE person_id = $1 AND purpose = $2 AND used_at IS NULL",
        person.0,
        purpose.as_str(),
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Opens a session.
pub(crate) async fn insert_session(tx: &mut Tx, session: &NewSession<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO sessions (id, person_id, kind, cookie_hash, user_agent, ip_prefix, created_at, last_seen_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        session.id.0,
        session.person.0,
        if session.cookie_hash.is_some() { SessionKind::Browser } else { SessionKind::Api }.as_str(),
        session.cookie_hash.as_ref().map(<[u8; 32]>::as_slice),
        session.user_agent,
        session.ip_prefix,
        session.now,
        session.expires_at
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Adds a refresh token to its family.
pub(crate) async fn insert_refresh(
    tx: &mut Tx,
    id: Uuid,
    session: SessionId,
    hash: &[u8; 32],
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO refresh_tokens (id, session_id, token_hash, created_at) VALUES ($1, $2, $3, $4)",
        id,
        session.0,
        hash.as_slice(),
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Finds a refresh token and locks its session, so that concurrent uses of one family take turns.
pub(crate) async fn lock_refresh(
    tx: &mut Tx,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<RefreshRow>, sqlx::Error> {
    let locked = sqlx::query!(
        "SELECT s.id FROM sessions s JOIN refresh_tokens t ON t.session_id = s.id WHERE t.token_hash = $1 FOR UPDATE OF s",
        hash.as_slice()
    );
    if locked.fetch_optional(&mut **tx).await?.is_none() {
        return Ok(None);
    }
    // A second statement, after the lock: the first one's snapshot was taken before the wait and does not show what the other use
    // committed.
    sqlx::query_as!(
        RefreshRow,
        r#"SELECT t.id, t.session_id AS "session_id: SessionId", s.person_id AS "person_id: PersonId", t.used_at,
                  t.revoked_at AS token_revoked_at,
                  n.id AS "successor_id?", (n.used_at IS NOT NULL OR n.revoked_at IS NOT NULL) AS "successor_used?",
                  (s.revoked_at IS NULL AND s.expires_at > $2 AND p.status = 'active') AS "session_live!"
           FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id JOIN people p ON p.id = s.person_id
           LEFT JOIN refresh_tokens n ON n.id = t.successor_id
           WHERE t.token_hash = $1"#,
        hash.as_slice(),
        now
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Marks a refresh token as used and records its successor. An earlier successor that nobody used is revoked.
pub(crate) async fn rotate(
    tx: &mut Tx,
    used: Uuid,
    lost: Option<Uuid>,
    successor: Uuid,
    session: SessionId,
    now: Instant,
    life: SessionLifetime,
) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE refresh_tokens SET revoked_at = $2 WHERE id = $1", lost, now).execute(&mut **tx).await?;
    sqlx::query!(
        "UPDATE refresh_tokens SET used_at = coalesce(used_at, $2), successor_id = $3 WHERE id = $1",
        used,
        now,
        successor
    )
    .execute(&mut **tx)
    .await?;
    visits::extend_session(tx, session, now, life).await
}

/// Ends one session of a person; `false` when it is not theirs or has ended.
pub(crate) async fn revoke_session(
    tx: &mut Tx,
    id: SessionId,
    person: PersonId,
    reason: RevokeReason,
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let revoked = sqlx::query!(
        "UPDATE sessions SET revoked_at = $3, revoke_reason = $4
         WHERE id = $1 AND person_id = $2 AND revoked_at IS NULL AND expires_at > $3",
        id.0,
        person.0,
        now,
        reason.as_str()
    );
    Ok(revoked.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Ends every session of a person, except one.
pub(crate) async fn revoke_sessions(
    tx: &mut Tx,
    person: PersonId,
    but: Option<SessionId>,
    reason: RevokeReason,
    now: Instant,
) -> Result<u64, sqlx::Error> {
    let revoked = sqlx::query!(
        "UPDATE sessions SET revoked_at = $3, revoke_reason = $4
         WHERE person_id = $1 AND revoked_at IS NULL AND ($2::uuid IS NULL OR id <> $2)",
        person.0,
        but.map(|id| id.0),
        now,
        reason.as_str()
    );
    Ok(revoked.execute(&mut **tx).await?.rows_affected())
}

/// Adds a link that works once.
pub(crate) async fn insert_link(
    tx: &mut Tx,
    id: Uuid,
    person: PersonId,
    purpose: LinkPurpose,
    hash: &[u8; 32],
    now: Instant,
    expires_at: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO purpose_tokens (id, person_id, purpose, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        person.0,
        purpose.as_str(),
        hash.as_slice(),
        now,
        expires_at
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Spends a link and returns its owner. Of concurrent uses one succeeds: the others wait for the row and find it spent.
pub(crate) async fn spend_link(
    tx: &mut Tx,
    purpose: LinkPurpose,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<PersonId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"UPDATE purpose_tokens SET used_at = $3 WHERE purpose = $1 AND token_hash = $2 AND used_at IS NULL AND expires_at > $3
           RETURNING person_id AS "person_id: PersonId""#,
        purpose.as_str(),
        hash.as_slice(),
        now
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Deletes buckets that are full again, spent links and ended sessions.
pub(crate) async fn forget(tx: &mut Tx, before: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM rate_buckets WHERE updated_at < $1", before).execute(&mut **tx).await?;
    sqlx::query!("DELETE FROM login_failures WHERE last_failed_at < $1", before).execute(&mut **tx).await?;
    sqlx::query!("DELETE FROM purpose_tokens WHERE expires_at < $1", before).execute(&mut **tx).await?;
    sqlx::query!("DELETE FROM sessions WHERE expires_at < $1 OR revoked_at < $1", before)
        .execute(&mut **tx)
        .await
        .map(drop)
}
