//! Answers kept for retries: the same key with the same request gets the first answer again.

use kernel::Instant;
use uuid::Uuid;

use crate::Tx;

/// Names one attempt of one caller.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub actor_id: Uuid,
    /// Method and path of the call.
    pub route: String,
    /// What the caller sent as `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the body, so that a key cannot be used for another request.
    pub request_hash: [u8; 32],
}

/// What to do with an attempt.
#[derive(Debug)]
pub enum Begun {
    /// Nobody did this yet: do it, then `keep` the answer in the same transaction.
    Fresh,
    /// It was done: answer this again.
    Replay { status: u16, body: Vec<u8> },
    /// The key was used for another request.
    Mismatch,
    /// The first try is still running.
    InFlight,
}

/// Looks an attempt up and claims it for as long as the transaction lasts.
pub async fn begin(tx: &mut Tx, attempt: &Attempt) -> Result<Begun, sqlx::Error> {
    let name = format!("{}/{}/{}", attempt.actor_id, attempt.route, attempt.key);
    let row = sqlx::query!(
        r#"SELECT pg_try_advisory_xact_lock(hashtextextended($4 || current_schema(), 1)) AS "claimed!", k.request_hash AS "request_hash?", k.status AS "status?", k.body AS "body?"
           FROM (SELECT 1) AS one LEFT JOIN idempotency_keys k ON k.actor_id = $1 AND k.route = $2 AND k.key = $3"#,
        attempt.actor_id,
        attempt.route,
        attempt.key,
        name
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(match (row.request_hash, row.status, row.body) {
        (Some(hash), Some(status), Some(body)) if hash == attempt.request_hash => {
            Begun::Replay { status: status.unsigned_abs(), body }
        }
        (Some(_), ..) => Begun::Mismatch,
        _ if row.claimed => Begun::Fresh,
        _ => Begun::InFlight,
    })
}

/// Keeps the answer beside its effect. `false` means that another try got there first between our look and our claim: roll
/// back and answer as in flight, so that the next try replays.
pub async fn keep(tx: &mut Tx, attempt: &Attempt, status: u16, body: &[u8], now: Instant) -> Result<bool, sqlx::Error> {
    let kept = sqlx::query!(
        "INSERT INTO idempotency_keys (actor_id, route, key, request_hash, status, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        attempt.actor_id,
        attempt.route,
        attempt.key,
        &attempt.request_hash,
        i16::try_from(status).unwrap_or(500),
        body,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == 1)
}

/// Forgets answers older than `before`.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < $1", before)
        .execute(&mut **tx)
        .await?
        .rows_affected())
}
