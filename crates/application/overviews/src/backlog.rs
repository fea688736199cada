//! Counts of pending work, for metrics.

use database::Connection;
use kernel::Instant;

use crate::error::OverviewError;

/// Pending work at one moment; all counts are small while everything works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Facts that some consumer has not read.
    pub facts_unread: i64,
    /// The age of the oldest of them, in seconds.
    pub oldest_fact_s: i64,
    /// Parked facts: a consumer could not read them, and a later release may.
    pub facts_parked: i64,
    /// Jobs that are due.
    pub jobs_due: i64,
    /// Due jobs of kinds that this release does not know: they wait for a server that does.
    pub jobs_unknown: i64,
    /// Jobs that were given up and wait for an operator.
    pub jobs_dead: i64,
    /// Passed deadlines of bookings that were not processed.
    pub deadlines_overdue: i64,
}

/// Counts pending work. `known_jobs` are the kinds of jobs that this release knows.
pub async fn read(connection: &mut Connection, now: Instant, known_jobs: &[&str]) -> Result<Backlog, OverviewError> {
    let known: Vec<String> = known_jobs.iter().map(|kind| (*kind).to_owned()).collect();
    let backlog = sqlx::query_as!(
        Backlog,
        r#"WITH slowest AS MATERIALIZED (SELECT xid, position FROM fact_cursors ORDER BY xid, position LIMIT 1),
           unread AS (
             SELECT occurred_at FROM facts
             WHERE (xid, position) > ((SELECT xid FROM slowest), (SELECT position FROM slowest))
               AND day >= facts_from((SELECT array_agg(consumer) FROM fact_cursors))
           ),
           due AS (SELECT kind FROM jobs WHERE finished_at IS NULL AND dead_at IS NULL AND run_at <= $1)
           SELECT (SELECT count(*) FROM unread) AS "facts_unread!",
                  (SELECT coalesce(greatest(0, extract(epoch FROM $1 - min(occurred_at))), 0)::bigint FROM unread) AS "oldest_fact_s!",
                  (SELECT count(*) FROM parked_facts) AS "facts_parked!",
                  (SELECT count(*) FROM due WHERE kind = ANY($2)) AS "jobs_due!",
                  (SELECT count(*) FROM due WHERE kind <> ALL($2)) AS "jobs_unknown!",
                  (SELECT count(*) FROM jobs WHERE dead_at IS NOT NULL) AS "jobs_dead!",
                  (SELECT count(*) FROM booking_deadlines
                   WHERE closed_at IS NULL AND due_at <= $1 AND (waits_until IS NULL OR waits_until <= $1)) AS "deadlines_overdue!""#,
        now,
        &known
    );
    Ok(backlog.fetch_one(connection).await?)
}
