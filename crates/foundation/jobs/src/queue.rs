//! The queue: one row for each job.

use std::time::Duration;

use database::{Database, Tx};
use kernel::{Chance, Instant, JobId};
use uuid::Uuid;

use crate::backoff::LAPSES_MAX;
use crate::{Attempt, Job, JobsError};

/// A lease outlasts the longest run by this many seconds, so that nobody else takes a job whose outcome is being written.
const LEASE_SLACK_S: f64 = 15.0;

/// The times of one kind of job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KindTimes {
    pub name: &'static str,
    pub time_max: Duration,
    pub wanted_for: Option<Duration>,
}

/// A job that this worker holds.
#[derive(Debug, Clone)]
pub(crate) struct Leased {
    pub id: JobId,
    pub kind: String,
    pub payload: serde_json::Value,
    pub attempts: i32,
    pub run_at: Instant,
    pub token: Uuid,
    /// Until when anybody wants it, where that has an end.
    pub wanted_until: Option<Instant>,
    /// Its leases expired too often, so it was given up instead of leased.
    pub is_given_up: bool,
}

impl Leased {
    pub fn attempt(&self) -> Attempt {
        Attempt { job: self.id, attempts: self.attempts, run_at: self.run_at }
    }
}

/// Enqueues a job in the transaction of its cause. `false` if a job with this key exists.
pub async fn enqueue<J: Job>(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    job: &J,
    run_at: Instant,
) -> Result<bool, JobsError> {
    insert(tx, JobId::new(chance, now), now, &NewJobRow::of(job, run_at)?).await
}

/// The row of a new job.
pub(crate) struct NewJobRow {
    kind: &'static str,
    payload: serde_json::Value,
    dedupe_key: String,
    run_at: Instant,
    is_hidden: bool,
}

impl NewJobRow {
    pub fn of<J: Job>(job: &J, run_at: Instant) -> Result<Self, JobsError> {
        let dedupe_key = format!("{}/{}", J::KIND, job.key(run_at));
        Ok(Self { kind: J::KIND, payload: serde_json::to_value(job)?, dedupe_key, run_at, is_hidden: J::IS_NEW })
    }
}

pub(crate) async fn insert(tx: &mut Tx, id: JobId, now: Instant, row: &NewJobRow) -> Result<bool, JobsError> {
    let inserted = sqlx::query!(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at, is_hidden, lease_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 THEN 'infinity'::timestamptz END)
         ON CONFLICT (dedupe_key) DO NOTHING",
        id.0,
        row.kind,
        row.payload,
        row.dedupe_key,
        row.run_at,
        now,
        row.is_hidden
    );
    Ok(inserted.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Enqueues jobs of one type with one statement; jobs whose key exists stay unchanged.
pub async fn enqueue_all<J: Job>(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    jobs: &[J],
    run_at: Instant,
) -> Result<(), JobsError> {
    if jobs.is_empty() {
        return Ok(());
    }
    let rows = jobs.iter().map(|job| NewJobRow::of(job, run_at)).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<Uuid> = rows.iter().map(|_| JobId::new(chance, now).0).collect();
    let (payloads, keys): (Vec<_>, Vec<_>) = rows.into_iter().map(|row| (row.payload, row.dedupe_key)).unzip();
    sqlx::query!(
        "INSERT INTO jobs (id, kind, payload, dedupe_key, run_at, created_at, is_hidden, lease_until)
         SELECT id, $4, payload, dedupe_key, $5, $6, $7, CASE WHEN $7 THEN 'infinity'::timestamptz END
         FROM unnest($1::uuid[], $2::jsonb[], $3::text[]) AS job (id, payload, dedupe_key)
         ON CONFLICT (dedupe_key) DO NOTHING",
        &ids,
        &payloads,
        &keys,
        J::KIND,
        run_at,
        now,
        J::IS_NEW
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The jobs of one type that are neither finished nor given up. Those in a form of another release are passed over.
pub async fn live<J: Job>(tx: &mut Tx) -> Result<Vec<J>, JobsError> {
    let payloads = sqlx::query_scalar!(
        "SELECT payload FROM jobs WHERE kind = $1 AND finished_at IS NULL AND dead_at IS NULL",
        J::KIND
    );
    let payloads = payloads.fetch_all(&mut **tx).await?;
    Ok(payloads.into_iter().filter_map(|payload| serde_json::from_value(payload).ok()).collect())
}

/// Leases up to `count_max` due jobs of these kinds; no other worker gets them until the lease expires.
///
/// Each kind is read from its own range of the index, so thousands of due jobs of one kind do not slow down
/// another. An expired lease means that the worker died; after too many of those the job is given up here, or ended where its payload
/// must not be kept.
pub(crate) async fn lease(
    database: &Database,
    chance: &dyn Chance,
    kinds: &[KindTimes],
    now: Instant,
    count_max: i64,
) -> Result<Vec<Leased>, JobsError> {
    let names: Vec<String> = kinds.iter().map(|kind| kind.name.to_owned()).collect();
    let leases_s: Vec<f64> = kinds.iter().map(|kind| kind.time_max.as_secs_f64() + LEASE_SLACK_S).collect();
    let wanted_s: Vec<Option<f64>> =
        kinds.iter().map(|kind| kind.wanted_for.map(|wanted| wanted.as_secs_f64())).collect();
    let rows = sqlx::query_as!(
        Leased,
        r#"WITH due AS MATERIALIZED (
             SELECT candidate.id, known.lease_s, candidate.lapses, candidate.lapses >= $4 AS is_over,
               candidate.created_at + make_interval(secs => known.wanted_s) AS wanted_until
             FROM unnest($5::text[], $6::float8[], $7::float8[]) AS known (kind, lease_s, wanted_s)
             CROSS JOIN LATERAL (
               SELECT id, run_at, created_at, lapses + (lease_token IS NOT NULL)::integer AS lapses FROM jobs
               WHERE jobs.kind = known.kind AND finished_at IS NULL AND dead_at IS NULL AND run_at <= $2
                 AND (lease_token IS NULL OR lease_until <= $2)
               ORDER BY run_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
             ) AS candidate
             ORDER BY candidate.run_at, candidate.id LIMIT $3
           )
           UPDATE jobs SET attempts = attempts + (NOT due.is_over)::integer, lapses = due.lapses,
             lease_token = CASE WHEN NOT due.is_over THEN $1::uuid END,
             lease_until = CASE WHEN NOT due.is_over THEN $2 + make_interval(secs => due.lease_s) END,
             dead_at = CASE WHEN due.is_over AND due.wanted_until IS NULL THEN $2 END,
             finished_at = CASE WHEN due.is_over AND due.wanted_until IS NOT NULL THEN $2 END,
             payload = CASE WHEN due.is_over AND due.wanted_until IS NOT NULL THEN '{}' ELSE payload END,
             last_error = CASE WHEN due.is_over
               THEN 'the server that ran it ended before the job did, ' || due.lapses || ' times in a row' ELSE last_error END
           FROM due WHERE jobs.id = due.id
           RETURNING jobs.id AS "id: JobId", kind, payload, attempts - (NOT due.is_over)::integer AS "attempts!", run_at,
             $1::uuid AS "token!", due.wanted_until AS "wanted_until?", due.is_over AS "is_given_up!""#,
        chance.uuid(now),
        now,
        count_max,
        LAPSES_MAX,
        &names,
        &leases_s,
        &wanted_s as &[Option<f64>]
    );
    let mut jobs = rows.fetch_all(&mut *database.acquire().await?).await?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// Marks the job as done, if we still hold its lease. What it was to work with is forgotten, because it may be about somebody; its key
/// still says which job it was.
pub(crate) async fn finish(database: &Database, job: &Leased, now: Instant) -> Result<(), JobsError> {
    sqlx::query!(
        "UPDATE jobs SET finished_at = $3, payload = '{}', lease_token = NULL, lease_until = NULL WHERE id = $1 AND lease_token = $2",
        job.id.0,
        job.token,
        now
    )
    .execute(&mut *database.acquire().await?)
    .await?;
    Ok(())
}

/// Marks the job as failed: it runs again at `retry_at`, or never. The worker survived, so the count of lapses is reset.
pub(crate) async fn put_back(
    database: &Database,
    job: &Leased,
    now: Instant,
    error: &str,
    retry_at: Option<Instant>,
) -> Result<(), JobsError> {
    sqlx::query!(
        "UPDATE jobs SET lease_token = NULL, lease_until = CASE WHEN is_hidden THEN 'infinity'::timestamptz END, lapses = 0,
           last_error = $3, run_at = coalesce($4, run_at), dead_at = CASE WHEN $4::timestamptz IS NULL THEN $5::timestamptz END
         WHERE id = $1 AND lease_token = $2",
        job.id.0,
        job.token,
        error,
        retry_at,
        now
    )
    .execute(&mut *database.acquire().await?)
    .await?;
    Ok(())
}

/// Returns jobs that were cancelled because the server stops; another server takes them at once. Not counted as tries.
pub(crate) async fn release(database: &Database, held: &[(JobId, Uuid)]) -> Result<(), JobsError> {
    let (ids, tokens): (Vec<Uuid>, Vec<Uuid>) = held.iter().map(|(id, token)| (id.0, *token)).unzip();
    sqlx::query!(
        "UPDATE jobs SET lease_token = NULL, lease_until = CASE WHEN is_hidden THEN 'infinity'::timestamptz END, attempts = attempts - 1
         FROM unnest($1::uuid[], $2::uuid[]) AS held (id, token) WHERE jobs.id = held.id AND lease_token = token",
        &ids,
        &tokens
    )
    .execute(&mut *database.acquire().await?)
    .await?;
    Ok(())
}

/// Deletes up to `count_max` jobs that finished before `before`, and says how many.
pub async fn forget_finished(tx: &mut Tx, before: Instant, count_max: i64) -> Result<u64, JobsError> {
    let deleted = sqlx::query!(
        "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE finished_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
        before,
        count_max
    );
    Ok(deleted.execute(&mut **tx).await?.rows_affected())
}
