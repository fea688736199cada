//! Visits of sessions, which extend them.

use database::Connection;
use kernel::{Instant, PersonId, Role, SessionId};

use crate::queries::CallerRow;
use crate::session_lifetime::SessionLifetime;
use crate::{Caller, Via};

/// Extends a session that is visited through a token, at most once a minute.
pub(crate) async fn extend_session(
    connection: &mut Connection,
    id: SessionId,
    now: Instant,
    life: SessionLifetime,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE sessions SET last_seen_at = $2,
           expires_at = least($2::timestamptz + make_interval(secs => $3), created_at + make_interval(secs => $4))
         WHERE id = $1 AND last_seen_at < $2::timestamptz - interval '1 minute'",
        id.0,
        now,
        life.idle.as_seconds_f64(),
        life.absolute.as_seconds_f64()
    )
    .execute(connection)
    .await
    .map(drop)
}

/// The person whose live browser session this is, by the hash of its cookie. Extends the session when the last visit is a minute ago, in
/// the same statement.
pub(crate) async fn visit_session(
    connection: &mut Connection,
    hash: &[u8; 32],
    now: Instant,
) -> Result<Option<Caller>, sqlx::Error> {
    let (life, staff) = (SessionLifetime::of(&[]), SessionLifetime::of(&[Role::Admin]));
    let row = sqlx::query_as!(
        CallerRow,
        r#"WITH found AS MATERIALIZED (
             SELECT p.id, p.email, p.display_name, p.roles, p.time_zone, p.email_verified_at, p.epoch, s.id AS session_id,
               p.roles && ARRAY['support', 'admin'] AS is_staff,
               EXISTS (SELECT FROM authenticators WHERE person_id = p.id AND confirmed_at IS NOT NULL) AS has_app
             FROM sessions s JOIN people p ON p.id = s.person_id
             WHERE s.cookie_hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2 AND p.status = 'active'
           ),
           visited AS (
             UPDATE sessions s SET last_seen_at = $2, expires_at = least(
               $2::timestamptz + make_interval(secs => CASE WHEN is_staff THEN $5::float8 ELSE $3::float8 END),
               s.created_at + make_interval(secs => CASE WHEN is_staff THEN $6::float8 ELSE $4::float8 END))
             FROM found WHERE s.id = found.session_id AND s.last_seen_at < $2::timestamptz - interval '1 minute'
           )
           SELECT id AS "id: PersonId", session_id AS "session_id: SessionId", email, display_name, roles, time_zone,
             email_verified_at, epoch, has_app AS "has_app!",
             is_staff AND NOT has_app AND NOT EXISTS (SELECT FROM passkeys WHERE person_id = found.id) AS "lacks_second_factor!"
           FROM found"#,
        hash.as_slice(),
        now,
        life.idle.as_seconds_f64(),
        life.absolute.as_seconds_f64(),
        staff.idle.as_seconds_f64(),
        staff.absolute.as_seconds_f64()
    );
    Ok(row.fetch_optional(connection).await?.map(|row| row.into_caller(Via::Cookie).0))
}
