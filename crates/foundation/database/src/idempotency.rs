//! Answers kept for retries: the same key with the same request gets the first answer again.

use kernel::Instant;
use uuid::Uuid;

use crate::types::{Connection, Tx};

/// Names one attempt of one caller.
#[derive(Debug, Clone)]
pub struct CallAttempt {
    pub actor_id: Uuid,
    /// Method and path of the call.
    pub route: String,
    /// What the caller sent as `Idempotency-Key`.
    pub key: String,
    /// A keyed hash of the body, so that a key cannot be used for another request.
    pub request_hash: [u8; 32],
}

/// What is known of an attempt.
#[derive(Debug)]
pub enum Found {
    /// Nobody finished this yet.
    Nothing,
    /// It was done: answer this again.
    Replay { status: u16, body: Vec<u8> },
    /// The key was used for another request.
    Mismatch,
}

/// Looks an attempt up.
pub async fn find(connection: &mut Connection, attempt: &CallAttempt) -> Result<Found, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT request_hash, status, body FROM idempotency_keys WHERE actor_id = $1 AND route = $2 AND key = $3",
        attempt.actor_id,
        attempt.route,
        attempt.key
    )
    .fetch_optional(connection)
    .await?;
    Ok(match row {
        None => Found::Nothing,
        Some(row) if row.request_hash == attempt.request_hash => {
            Found::Replay { status: row.status.unsigned_abs(), body: row.body }
        }
        Some(_) => Found::Mismatch,
    })
}

/// Keeps the answer beside its effect. `false` means that another try with this key was finished first: roll back and look
/// it up. A try that is still running is waited for here. (A statement of many effects calls `keep_answers` instead.)
pub async fn keep(
    tx: &mut Tx,
    attempt: &CallAttempt,
    status: u16,
    body: &[u8],
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "INSERT INTO idempotency_keys (actor_id, route, key, request_hash, status, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        attempt.actor_id,
        attempt.route,
        attempt.key,
        &attempt.request_hash,
        stored_status(status),
        body,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// An HTTP status as the table has it.
pub fn stored_status(status: u16) -> i16 {
    i16::try_from(status).unwrap_or(500)
}

/// Whether a statement failed because one of its answers has a key that was used before.
pub fn is_used_key(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.constraint()) == Some("idempotency_keys_pkey")
}

/// Forgets answers older than `before`.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < $1", before)
        .execute(&mut **tx)
        .await?
        .rows_affected())
}
