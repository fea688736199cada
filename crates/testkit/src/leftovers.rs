//! Finds jobs and facts that a test left undone, because a forgotten side effect would otherwise go unnoticed.

use database::{Database, DatabaseConfig};
use kernel::Instant;

/// Kinds of jobs and topics of facts that are due at `now`. Runs on a thread of its own, because the test's runtime may have ended.
pub fn due(config: DatabaseConfig, now: Instant) -> Result<Vec<String>, sqlx::Error> {
    let reading = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(read(config, now))
    });
    reading.join().expect("reading does not panic")
}

async fn read(config: DatabaseConfig, now: Instant) -> Result<Vec<String>, sqlx::Error> {
    let config = DatabaseConfig { connections_max: 1, ..config };
    let database = Database::connect(&config).await.map_err(|error| sqlx::Error::Configuration(error.into()))?;
    sqlx::query_scalar(
        "SELECT 'job ' || kind FROM jobs WHERE finished_at IS NULL AND dead_at IS NULL AND run_at <= $1
         UNION ALL SELECT 'dead job ' || kind || ': ' || coalesce(last_error, '') FROM jobs WHERE dead_at IS NOT NULL
         UNION ALL SELECT DISTINCT 'fact ' || topic FROM fact_cursors
           JOIN facts ON (facts.xid, facts.position) > (fact_cursors.xid, fact_cursors.position)
         UNION ALL SELECT 'parked fact ' || topic || ': ' || reason FROM parked_facts",
    )
    .bind(now)
    .fetch_all(database.pool())
    .await
}
