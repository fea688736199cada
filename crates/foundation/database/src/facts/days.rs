//! The days of the log: partitions are made ahead, and dropped when nobody needs them any more.

use chrono::{Days, NaiveDate};
use sqlx::AssertSqlSafe;

use crate::{Database, Tx};

/// Days that have partitions before they come. Where nobody made any for longer, facts go to the default partition, and nothing fails.
pub const DAYS_AHEAD: u64 = 14;
/// Days behind today to which facts are still written as they are, for clocks that go wrong.
const DAYS_OPEN: u64 = 2;
/// A partition is made or dropped in a moment when nobody writes for longer than this; else the next run does it.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

/// Makes partitions for the days to come, closes days that everybody has read, and drops what is older than `days_kept`.
pub async fn keep_days(database: &Database, today: NaiveDate, days_kept: u32) -> Result<(), sqlx::Error> {
    for ahead in 0..=DAYS_AHEAD {
        if let Some(day) = today.checked_add_days(Days::new(ahead)) {
            make(database, day).await?;
        }
    }
    if let Some(open_from) = today.checked_sub_days(Days::new(DAYS_OPEN)) {
        close_before(database, open_from).await?;
    }
    match today.checked_sub_days(Days::new(days_kept.into())) {
        Some(kept_from) => drop_before(database, kept_from).await,
        None => Ok(()),
    }
}

/// Makes the partition of a day, unless it is there or the default partition has facts of that day already.
async fn make(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    let Some(next) = day.succ_opt() else { return Ok(()) };
    let (name, mut tx) = (name_of(day), database.begin().await?);
    sqlx::query(PATIENCE).execute(&mut *tx).await?;
    if is_made(&mut tx, &name, day).await? {
        return tx.rollback().await;
    }
    // Attached instead of created in place: that waits for nobody who writes to other days.
    let statements = format!(
        "CREATE TABLE {name} (LIKE facts INCLUDING ALL);
         ALTER TABLE facts ATTACH PARTITION {name} FOR VALUES FROM ('{day}') TO ('{next}');"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *tx).await?;
    tx.commit().await
}

async fn is_made(tx: &mut Tx, name: &str, day: NaiveDate) -> Result<bool, sqlx::Error> {
    let is_made = sqlx::query_scalar!(
        r#"SELECT to_regclass($1) IS NOT NULL OR EXISTS (SELECT FROM facts_default WHERE day = $2) AS "is_made!""#,
        name,
        day
    );
    is_made.fetch_one(&mut **tx).await
}

/// Closes the days before this, once every consumer has read all that was written to them.
///
/// Whoever is about to write to such a day has seen it open, and commits within seconds; readers look at one closed day still, and the
/// days are closed one night after the other, so that nothing is written where nobody looks.
async fn close_before(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE fact_log SET open_from = $1 WHERE open_from < $1 AND NOT EXISTS (
           SELECT FROM fact_cursors JOIN facts ON (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
           WHERE facts.day < $1 AND facts.day >= fact_log.open_from - 1)",
        day
    )
    .execute(database.pool())
    .await?;
    Ok(())
}

/// Drops days that are older than this and closed.
async fn drop_before(database: &Database, day: NaiveDate) -> Result<(), sqlx::Error> {
    let open_from =
        sqlx::query_scalar!("SELECT open_from - 1 AS \"open_from!\" FROM fact_log").fetch_one(database.pool()).await?;
    let kept_from = day.min(open_from);
    let partitions = sqlx::query_scalar!(
        r#"SELECT relname::text AS "name!" FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
           WHERE inhparent = 'facts'::regclass AND relname ~ '^facts_\d{8}$' AND relname < $1 ORDER BY relname"#,
        name_of(kept_from)
    );
    for name in partitions.fetch_all(database.pool()).await? {
        let mut tx = database.begin().await?;
        sqlx::query(PATIENCE).execute(&mut *tx).await?;
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE {name}"))).execute(&mut *tx).await?;
        tx.commit().await?;
    }
    sqlx::query!("DELETE FROM facts_default WHERE day < $1", kept_from).execute(database.pool()).await?;
    Ok(())
}

fn name_of(day: NaiveDate) -> String {
    day.format("facts_%Y%m%d").to_string()
}
