//! The daily partitions of the log: created ahead of time, and dropped after the retention time.

use chrono::{Days, NaiveDate};

use crate::Database;

/// Partitions exist for this many days ahead. If nothing creates them for longer, facts go to the default partition.
pub const DAYS_AHEAD: u64 = 14;
/// Facts dated up to this many days ago still go to their own day, because clocks of servers differ.
const DAYS_OPEN: u64 = 2;
/// How long to wait for the lock on `facts`; if writers hold it for longer, the next run tries again.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

/// How many of the latest facts are read to find out which day it is for most servers.
const ASKED: i64 = 100;

/// Creates partitions for the next days, closes days that all consumers have read, and drops what is older than `days_kept`.
///
/// The clock behind `today` may be wrong, and what is dropped cannot be brought back. So closing and dropping go by the earlier of two
/// days: `today`, and the day after the one that most of the latest facts bear. A site without facts has nothing to close.
pub async fn keep_days(database: &Database, today: NaiveDate, days_kept: u32) -> Result<(), sqlx::Error> {
    make_days(database, today).await?;
    let Some(told) = day_of_facts(database).await? else { return Ok(()) };
    let tomorrow = told.succ_opt().unwrap_or(told);
    if today > tomorrow {
        tracing::warn!(%today, latest = %told, "facts are days older than this server's clock: days are closed by the facts");
    }
    let today = today.min(tomorrow);
    if let Some(open_from) = today.checked_sub_days(Days::new(DAYS_OPEN)) {
        open_again(database, today, open_from).await?;
        close_before(database, open_from).await?;
    }
    match today.checked_sub_days(Days::new(days_kept.into())) {
        Some(kept_from) => drop_before(database, kept_from).await,
        None => Ok(()),
    }
}

/// Stores for how many days facts are kept at least. The SQL function that drops days reads it, so no caller can drop more.
pub async fn keep_for(database: &Database, days_kept: u32) -> Result<(), sqlx::Error> {
    let days_kept = i32::try_from(days_kept.max(1)).unwrap_or(i32::MAX);
    sqlx::query!("UPDATE fact_retention SET days_kept = $1 WHERE days_kept <> $1", days_kept)
        .execute(database.pool())
        .await?;
    Ok(())
}

/// Creates partitions for the next days. A statement that writes the first fact of a day at that very moment fails: it was sent to the
/// default partition, which does not take that day any more. So each server also does this before it serves, in case no server has run for
/// days.
pub async fn make_days(database: &Database, today: NaiveDate) -> Result<(), sqlx::Error> {
    for ahead in 0..=DAYS_AHEAD {
        if let Some(day) = today.checked_add_days(Days::new(ahead)) {
            make(database, day).await?;
        }
    }
    Ok(())
}

/// The day on which most of the latest facts were written. One of several clocks that is wrong does not move it.
async fn day_of_facts(database: &Database) -> Result<Option<NaiveDate>, sqlx::Error> {
    let told = sqlx::query_scalar!(
        "SELECT (percentile_disc(0.5) WITHIN GROUP (ORDER BY occurred_at) AT TIME ZONE 'UTC')::date
         FROM (SELECT occurred_at FROM facts ORDER BY xid DESC, position DESC LIMIT $1) AS latest",
        ASKED
    );
    told.fetch_one(database.pool()).await
}

/// Makes the partition of a day, unless it exists or the default partition already has facts of that day, where they are read as well.
async fn make(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    let mut tx = database.begin().await?;
    sqlx::query(PATIENCE).execute(&mut *tx).await?;
    sqlx::query!("SELECT make_day_of_facts($1)", day).fetch_one(&mut *tx).await?;
    tx.commit().await
}

/// Reopens days that a clock which had jumped ahead has closed before they came: otherwise all facts until then would be stored under the
/// first day that is still open. Readers then look at more days than before, so they miss nothing.
async fn open_again(database: &Database, today: NaiveDate, open_from: NaiveDate) -> Result<(), sqlx::Error> {
    let opened = sqlx::query!("UPDATE fact_log SET open_from = $2 WHERE open_from > $1", today, open_from);
    if opened.execute(database.pool()).await?.rows_affected() > 0 {
        tracing::error!(%today, "days of facts were closed before they came, and are open again: is a server's clock wrong?");
    }
    Ok(())
}

/// Closes the days before `day` once every consumer has read all their facts.
///
/// A writer that still saw the day open commits within seconds. Readers therefore also
/// look at the last closed day, and each night closes one more day, so no fact is missed.
async fn close_before(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE fact_log SET (open_from, closed_xid, closed_position) = (
           SELECT $1, coalesce(last.xid, closed_xid), coalesce(last.position, closed_position)
           FROM (SELECT) AS one LEFT JOIN (
             SELECT xid, position FROM facts WHERE day < $1 ORDER BY xid DESC, position DESC LIMIT 1
           ) AS last ON true)
         WHERE open_from < $1 AND NOT EXISTS (
           SELECT FROM fact_cursors JOIN facts ON (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
           WHERE facts.day < $1 AND facts.day >= fact_log.open_from - 1)",
        day
    )
    .execute(database.pool())
    .await?;
    Ok(())
}

/// Drops closed days before `day`.
async fn drop_before(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    let open_from =
        sqlx::query_scalar!("SELECT open_from - 1 AS \"open_from!\" FROM fact_log").fetch_one(database.pool()).await?;
    let kept_from = day.min(open_from);
    while drop_one_before(database, kept_from).await? {}
    sqlx::query!("DELETE FROM facts_default WHERE day < $1", kept_from).execute(database.pool()).await?;
    Ok(())
}

async fn drop_one_before(database: &Database, day: NaiveDate) -> Result<bool, sqlx::Error> {
    let mut tx = database.begin().await?;
    sqlx::query(PATIENCE).execute(&mut *tx).await?;
    let dropped = sqlx::query_scalar!(r#"SELECT drop_day_of_facts($1) AS "dropped!""#, day).fetch_one(&mut *tx).await?;
    tx.commit().await?;
    Ok(dropped)
}
