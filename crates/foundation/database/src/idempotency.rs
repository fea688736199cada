//! Idempotency keys: a retry with the same key and the same request gets the stored first answer.

use kernel::secret::sha256;
use kernel::{Fault, FaultKind, Instant};
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

impl CallAttempt {
    /// An id made of caller, route and key: every try of this attempt has it, and no other attempt.
    pub fn id(&self) -> Uuid {
        let text = format!("{}\0{}\0{}", self.actor_id, self.route, self.key);
        first_half(&sha256(text.as_bytes()))
    }

    /// An id made of the body: tries that ask for the same thing share it.
    pub fn request_id(&self) -> Uuid {
        first_half(&self.request_hash)
    }
}

fn first_half(hash: &[u8; 32]) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// Another call of the same attempt has begun and is not answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The first call with this Idempotency-Key is still running. Ask again in a second, with the same key.")]
pub struct FirstCallRuns;

impl Fault for FirstCallRuns {
    fn kind(&self) -> FaultKind {
        FaultKind::Conflict
    }

    fn code(&self) -> &'static str {
        "idempotency_key_in_use"
    }

    fn retry_after_s(&self) -> Option<u64> {
        Some(1)
    }
}

/// The result of looking up an attempt.
#[derive(Debug)]
pub enum Found {
    /// There is no answer for this key.
    Nothing,
    /// There is an answer: send it again.
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

/// Stores the answer in the transaction of its effect. `false` if another attempt with this key has committed: then roll back
/// and look it up. Waits for an attempt that is still running. (A statement of many effects calls `keep_answers` instead.)
pub async fn keep(
    tx: &mut Tx,
    attempt: &CallAttempt,
    status: u16,
    body: &[u8],
    now: Instant,
) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "INSERT INTO idempotency_keys (actor_id, route, key, request_hash, status, body, created_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
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

/// Stores the answers of several attempts. Fails, as [`is_used_key`] tells, if one of them was answered before.
pub async fn keep_all<'answer>(
    tx: &mut Tx,
    answers: impl Iterator<Item = (&'answer CallAttempt, u16, &'answer [u8])>,
    now: Instant,
) -> Result<(), sqlx::Error> {
    let (mut actors, mut routes, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    let (mut hashes, mut statuses, mut bodies) = (Vec::new(), Vec::new(), Vec::new());
    for (attempt, status, body) in answers {
        actors.push(attempt.actor_id);
        routes.push(attempt.route.clone());
        keys.push(attempt.key.clone());
        hashes.push(attempt.request_hash.to_vec());
        statuses.push(stored_status(status));
        bodies.push(body.to_vec());
    }
    let kept = sqlx::query!(
        "SELECT keep_answers($1, $2, $3, $4, $5, $6, $7)",
        &actors,
        &routes,
        &keys,
        &hashes,
        &statuses,
        &bodies,
        now
    );
    kept.fetch_one(&mut **tx).await.map(drop)
}

/// An HTTP status in the table's type.
pub fn stored_status(status: u16) -> i16 {
    i16::try_from(status).unwrap_or(500)
}

/// Whether a statement failed because an idempotency key was used before.
pub fn is_used_key(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(|error| error.constraint()) == Some("idempotency_keys_pkey")
}

/// Deletes answers older than `before`.
pub async fn forget(tx: &mut Tx, before: Instant, count_max: i64) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query!(
        "DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM idempotency_keys WHERE created_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
        before,
        count_max
    );
    Ok(deleted.execute(&mut **tx).await?.rows_affected())
}
