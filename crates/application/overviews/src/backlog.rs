//! What waits to be done, for whoever watches over the site.

use database::Connection;
use kernel::Instant;

use crate::error::OverviewError;

/// What waits at one moment. All of it is small on a healthy site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backlog {
    /// Facts that some consumer has not read yet.
    pub facts_unread: i64,
    /// The seconds that the oldest of them has waited.
    pub oldest_fact_s: i64,
    /// Facts that a consumer could not read, which wait for a release that can.
    pub facts_parked: i64,
    /// Jobs whose time has come.
    pub jobs_due: i64,
    /// Jobs whose time has come, of kinds that this release does not know: they wait for a server that does.
    pub jobs_unknown: i64,
    /// Jobs that were given up and wait for a person.
    pub jobs_dead: i64,
    /// Deadlines of bookings that have passed and were not worked.
    pub deadlines_overdue: i64,
}

/// Counts what waits. `known_jobs` are the kinds that this release can do.
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
