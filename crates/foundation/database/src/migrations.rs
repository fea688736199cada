//! Applies missing migrations when a server starts.

use sqlx::migrate::{MigrateError, Migrator};

use crate::connect::Database;

static MIGRATOR: Migrator = sqlx::migrate!("../../../migrations");

/// Applies missing migrations. Several servers may start at once: a lock makes them take turns.
pub async fn migrate(database: &Database) -> Result<(), MigrateError> {
    let mut connection = database.acquire().await?;
    // No time limits: building an index over years of rows takes longer than a request may, and so does waiting for the lock.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    let migrated = MIGRATOR.run(&mut *connection).await;
    // Closed afterwards, because its time limits are off; requests get new connections.
    connection.close().await?;
    migrated
}

/// Removes every table with its rows, and makes the schema anew. A kill in between leaves an empty database, which the next start fills.
pub async fn start_over(database: &Database) -> Result<(), MigrateError> {
    let mut connection = database.acquire().await?;
    sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
    sqlx::raw_sql(include_str!("../sql/drop_everything.sql")).execute(&mut *connection).await?;
    connection.close().await?;
    migrate(database).await
}

/// The statements of all migrations in order, for the schemas of tests.
pub fn statements() -> impl Iterator<Item = &'static str> {
    MIGRATOR.iter().map(|migration| migration.sql.as_str())
}
