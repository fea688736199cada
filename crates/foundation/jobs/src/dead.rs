//! Jobs that were given up: kept until an operator has them run again.

use std::collections::HashMap;

use database::{Connection, Tx};
use kernel::{Instant, JobId};
use uuid::Uuid;

use crate::JobsError;

/// A job that was given up.
#[derive(Debug, Clone)]
pub struct DeadJob {
    pub id: JobId,
    pub kind: String,
    pub attempts: i32,
    pub dead_at: Instant,
    pub last_error: String,
}

/// Which jobs to run again.
#[derive(Debug, Clone, Copy)]
pub enum Selection<'selection> {
    Ids(&'selection [Uuid]),
    /// All, or all of one kind.
    All(Option<&'selection str>),
}

/// What became of a job that was to run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retrial {
    /// It will run again.
    Again,
    /// It was done, and is not to be repeated.
    Done,
    /// It was not given up: it waits for its turn, or runs.
    UnderWay,
    /// There is none of this id.
    Missing,
}

/// Jobs that were given up, newest first.
pub async fn list(connection: &mut Connection, count_max: i64) -> Result<Vec<DeadJob>, JobsError> {
    let jobs = sqlx::query_as!(
        DeadJob,
        r#"SELECT id AS "id: JobId", kind, attempts, dead_at AS "dead_at!", coalesce(last_error, '') AS "last_error!"
           FROM jobs WHERE dead_at IS NOT NULL ORDER BY dead_at DESC, id LIMIT $1"#,
        count_max
    );
    Ok(jobs.fetch_all(connection).await?)
}

/// Of these jobs, makes those that were given up due now, with the full number of tries, and returns them. Their last error is kept until
/// they succeed.
pub async fn retry(tx: &mut Tx, selection: Selection<'_>, now: Instant) -> Result<Vec<JobId>, JobsError> {
    let (ids, kind) = match selection {
        Selection::Ids(ids) => (Some(ids), None),
        Selection::All(kind) => (None, kind),
    };
    let retried = sqlx::query_scalar!(
        r#"UPDATE jobs SET dead_at = NULL, attempts = 0, lapses = 0, run_at = $1, lease_token = NULL,
           lease_until = CASE WHEN is_hidden THEN 'infinity'::timestamptz END
         WHERE dead_at IS NOT NULL AND ($2::uuid[] IS NULL OR id = ANY($2)) AND ($3::text IS NULL OR kind = $3)
         RETURNING id AS "id: JobId""#,
        now,
        ids,
        kind
    );
    Ok(retried.fetch_all(&mut **tx).await?)
}

/// The same for these jobs, with what became of each.
pub async fn retry_each(tx: &mut Tx, ids: &[Uuid], now: Instant) -> Result<Vec<(Uuid, Retrial)>, JobsError> {
    let retried = retry(tx, Selection::Ids(ids), now).await?;
    let known = sqlx::query!(r#"SELECT id, finished_at IS NOT NULL AS "is_done!" FROM jobs WHERE id = ANY($1)"#, ids);
    let known: HashMap<Uuid, bool> =
        known.fetch_all(&mut **tx).await?.into_iter().map(|job| (job.id, job.is_done)).collect();
    let retrial = |id: &Uuid| match known.get(id) {
        Some(_) if retried.contains(&JobId(*id)) => Retrial::Again,
        Some(true) => Retrial::Done,
        Some(false) => Retrial::UnderWay,
        None => Retrial::Missing,
    };
    Ok(ids.iter().map(|id| (*id, retrial(id))).collect())
}
