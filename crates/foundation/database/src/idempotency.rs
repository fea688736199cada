//! Answers kept for retries: the same key with the same request gets the first answer again.

use kernel::Instant;
use uuid::Uuid;

use crate::{Connection, Tx};

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
pub async fn find(connection: &mut Connection, attempt: &Attempt) -> Result<Found, sqlx::Error> {
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

/// An answer to keep.
#[derive(Debug)]
pub struct Answer<'answer> {
    pub attempt: &'answer Attempt,
    pub status: u16,
    pub body: &'answer [u8],
}

/// Keeps the answer beside its effect. `false` means that another try with this key was finished first: roll back and look
/// it up. A try that is still running is waited for here.
pub async fn keep(tx: &mut Tx, answer: Answer<'_>, now: Instant) -> Result<bool, sqlx::Error> {
    keep_all(tx, &[answer], now).await
}

/// Keeps answers beside their effects. `false` means that another try with one of the keys was finished first: roll back.
pub async fn keep_all(tx: &mut Tx, answers: &[Answer<'_>], now: Instant) -> Result<bool, sqlx::Error> {
    // Two who keep several wait for each other in one order only.
    let mut answers: Vec<&Answer<'_>> = answers.iter().collect();
    answers.sort_by_key(|answer| (answer.attempt.actor_id, &answer.attempt.route, &answer.attempt.key));
    let column = |of: fn(&Attempt) -> &str| -> Vec<&str> { answers.iter().map(|answer| of(answer.attempt)).collect() };
    let actors: Vec<Uuid> = answers.iter().map(|answer| answer.attempt.actor_id).collect();
    let hashes: Vec<&[u8]> = answers.iter().map(|answer| answer.attempt.request_hash.as_slice()).collect();
    let statuses: Vec<i16> = answers.iter().map(|answer| i16::try_from(answer.status).unwrap_or(500)).collect();
    let bodies: Vec<&[u8]> = answers.iter().map(|answer| answer.body).collect();
    let kept = sqlx::query!(
        "INSERT INTO idempotency_keys (actor_id, route, key, request_hash, status, body, created_at)
         SELECT actor_id, route, key, request_hash, status, body, $7
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::smallint[], $6::bytea[]) AS new (actor_id, route, key, request_hash, status, body)
         ON CONFLICT DO NOTHING",
        &actors,
        &column(|attempt| &attempt.route) as _,
        &column(|attempt| &attempt.key) as _,
        &hashes as _,
        &statuses,
        &bodies as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(kept.rows_affected() == answers.len() as u64)
}

/// Forgets answers older than `before`.
pub async fn forget(tx: &mut Tx, before: Instant) -> Result<u64, sqlx::Error> {
    Ok(sqlx::query!("DELETE FROM idempotency_keys WHERE created_at < $1", before)
        .execute(&mut **tx)
        .await?
        .rows_affected())
}
