//! The queue: one row a job.

use chrono::TimeDelta;
use database::{Connection, Database, Tx};
use kernel::{Chance, Instant, JobId};
use uuid::Uuid;

use crate::JobsError;

/// A worker that has said nothing for so long is taken for dead.
const LEASE_S: i64 = 60;

/// A job to do.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub kind: &'static str,
    pub payload: serde_json::Value,
    /// The same key is the same job.
    pub dedupe_key: String,
    pub run_at: Instant,
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    /// Tries before this one.
    pub attempts: i32,
    /// When it was to run, which is what its effect should go by.
    pub run_at: Instant,
    pub(crate) token: Uuid,
}

/// Owes a job, in the transaction of its cause. `false` when it is owed already.
pub async fn enqueue(tx: &mut Tx, chance: &dyn Chance, now: Instant, job: &NewJob) -> Result<bool, JobsError> {
    let inserted = sqlx::query!(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (dedupe_key) DO NOTHING",
        JobId::new(chance, now).0,
        job.kind,
        job.payload,
        job.dedupe_key,
        job.run_at,
        now
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Owes several jobs in one statement; those that are owed already stay as they are.
pub async fn enqueue_all(tx: &mut Tx, chance: &dyn Chance, now: Instant, jobs: &[NewJob]) -> Result<(), JobsError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = jobs.iter().map(|_| JobId::new(chance, now).0).collect();
    let kinds: Vec<String> = jobs.iter().map(|job| job.kind.to_owned()).collect();
    let payloads: Vec<serde_json::Value> = jobs.iter().map(|job| job.payload.clone()).collect();
    let keys: Vec<String> = jobs.iter().map(|job| job.dedupe_key.clone()).collect();
    let run_ats: Vec<Instant> = jobs.iter().map(|job| job.run_at).collect();
    sqlx::query!(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at)
         SELECT *, $6 FROM unnest($1::uuid[], $2::text[], $3::jsonb[], $4::text[], $5::timestamptz[]) ON CONFLICT (dedupe_key) DO NOTHING",
        &ids,
        &kinds,
        &payloads,
        &keys,
        &run_ats,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which kinds of jobs a worker takes.
#[derive(Debug, Clone, Copy)]
pub enum Kinds<'kinds> {
    Only(&'kinds [&'kinds str]),
    /// All others.
    Without(&'kinds [&'kinds str]),
}

/// Takes up to `count_max` jobs of these kinds that are due; no other worker gets them while the lease lasts.
pub(crate) async fn lease(
    database: &Database,
    chance: &dyn Chance,
    kinds: Kinds<'_>,
    now: Instant,
    count_max: i64,
) -> Result<Vec<Job>, JobsError> {
    let token = chance.uuid(now);
    let (named, are_taken) = match kinds {
        Kinds::Only(named) => (named, true),
        Kinds::Without(named) => (named, false),
    };
    let named: Vec<String> = named.iter().map(|kind| (*kind).to_owned()).collect();
    let rows = sqlx::query_as!(
        Job,
        r#"UPDATE jobs SET lease_token = $1, lease_until = $2, attempts = attempts + 1
           WHERE id IN (SELECT id FROM jobs WHERE finished_at IS NULL AND dead_at IS NULL AND run_at <= $3 AND (lease_until IS NULL OR lease_until <= $3)
                          AND (kind = ANY($5)) = $6
                        ORDER BY run_at, id LIMIT $4 FOR UPDATE SKIP LOCKED)
           RETURNING id AS "id: JobId", kind, payload, attempts - 1 AS "attempts!", run_at, lease_token AS "token!""#,
        token,
        now + TimeDelta::seconds(LEASE_S),
        now,
        count_max,
        &named,
        are_taken
    );
    let mut jobs = rows.fetch_all(database.pool()).await?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// The job is done, if the lease is still ours.
pub(crate) async fn finish(database: &Database, job: &Job, now: Instant) -> Result<(), JobsError> {
    sqlx::query!(
        "UPDATE jobs SET finished_at = $3, lease_token = NULL, lease_until = NULL WHERE id = $1 AND lease_token = $2",
        job.id.0,
        job.token,
        now
    )
    .execute(database.pool())
    .await?;
    Ok(())
}

/// The job failed: it comes back at `retry_at`, or never.
pub(crate) async fn put_back(
    database: &Database,
    job: &Job,
    now: Instant,
    error: &str,
    retry_at: Option<Instant>,
) -> Result<(), JobsError> {
    sqlx::query!(
        "UPDATE jobs SET lease_token = NULL, lease_until = NULL, last_error = $3, run_at = coalesce($4, run_at), dead_at = CASE WHEN $4::timestamptz IS NULL THEN $5::timestamptz END
         WHERE id = $1 AND lease_token = $2",
        job.id.0,
        job.token,
        error,
        retry_at,
        now
    )
    .execute(database.pool())
    .await?;
    Ok(())
}

/// When the next job is due, for tests that move a clock.
pub async fn earliest_due(connection: &mut Connection) -> Result<Option<Instant>, JobsError> {
    Ok(sqlx::query_scalar!("SELECT min(run_at) FROM jobs WHERE finished_at IS NULL AND dead_at IS NULL")
        .fetch_one(connection)
        .await?)
}

/// Forgets jobs that finished before `before`.
pub async fn forget_finished(tx: &mut Tx, before: Instant) -> Result<u64, JobsError> {
    Ok(sqlx::query!("DELETE FROM jobs WHERE finished_at < $1", before).execute(&mut **tx).await?.rows_affected())
}
