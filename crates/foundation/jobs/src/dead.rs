//! Jobs that were given up: kept until an operator has them run again.

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

/// Makes these jobs due now, with the full number of tries, and returns
/// how many there were. Their last error is kept until they succeed.
pub async fn retry(tx: &mut Tx, selection: Selection<'_>, now: Instant) -> Result<u64, JobsError> {
    let (ids, kind) = match selection {
        Selection::Ids(ids) => (Some(ids), None),
        Selection::All(kind) => (None, kind),
    };
    let retried = sqlx::query!(
        "UPDATE jobs SET dead_at = NULL, attempts = 0, lapses = 0, run_at = $1, lease_token = NULL,
           lease_until = CASE WHEN is_hidden THEN 'infinity'::timestamptz END
         WHERE dead_at IS NOT NULL AND ($2::uuid[] IS NULL OR id = ANY($2)) AND ($3::text IS NULL OR kind = $3)",
        now,
        ids,
        kind
    );
    Ok(retried.execute(&mut **tx).await?.rows_affected())
}
