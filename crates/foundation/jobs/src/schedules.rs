//! Fires due schedules: each occurrence is enqueued once, by whichever server is first.

use database::Database;
use kernel::{Chance, Instant, JobId};

use crate::registry::Schedule;
use crate::{JobsError, occurrence_key, queue};

/// Enqueues the job of the latest occurrence, unless that was done; returns whether it did.
///
/// The row stores the last occurrence that was enqueued by any server, so restarts do not fire it again, and after
/// a downtime only the latest one is made up for. Two servers take turns at the row; the second finds it done.
///
/// A row that lies days ahead was written by a clock that had jumped. It would silence the schedule until that day, so it counts for
/// nothing; an occurrence that was enqueued before is not enqueued again, because its job has the same key.
pub(crate) async fn fire(
    database: &Database,
    chance: &dyn Chance,
    now: Instant,
    schedule: &Schedule,
) -> Result<bool, JobsError> {
    let occurrence = schedule.recurrence.latest(now);
    let row = (schedule.job_at)(occurrence)?;
    let mut tx = database.begin().await?;
    let fired = sqlx::query!(
        r#"WITH before AS (SELECT fired_for FROM job_schedules WHERE kind = $1)
           INSERT INTO job_schedules (kind, fired_for) VALUES ($1, $2)
           ON CONFLICT (kind) DO UPDATE SET fired_for = excluded.fired_for
             WHERE job_schedules.fired_for < excluded.fired_for OR job_schedules.fired_for > excluded.fired_for + interval '2 days'
           RETURNING (SELECT fired_for FROM before) > $2 AS was_ahead"#,
        schedule.kind,
        occurrence
    );
    let Some(fired) = fired.fetch_optional(&mut *tx).await? else {
        tx.rollback().await?;
        return Ok(false);
    };
    if fired.was_ahead == Some(true) {
        tracing::error!(
            kind = schedule.kind,
            "a schedule had been fired for a day to come: is a server's clock wrong?"
        );
    }
    queue::insert(&mut tx, JobId::new(chance, now), now, &row).await?;
    tx.commit().await?;
    tracing::debug!(kind = schedule.kind, occurrence = occurrence_key(occurrence), "a schedule came round");
    Ok(true)
}
