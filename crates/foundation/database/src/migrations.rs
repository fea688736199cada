//! The schema, brought up to date when a server starts.

use sqlx::migrate::{MigrateError, Migrator};

use crate::connect::Database;

static MIGRATOR: Migrator = sqlx::migrate!("../../../migrations");

/// Applies what is missing. Several servers may start at once: they wait for each other.
pub async fn migrate(database: &Database) -> Result<(), MigrateError> {
    let mut connection = database.acquire().await?;
    // An index on years of rows takes longer than a request may last, and so does waiting for the server that makes it.
    sqlx::raw_sql("SET statement_timeout = 0; SET lock_timeout = 0").execute(&mut *connection).await?;
    let migrated = MIGRATOR.run(&mut *connection).await;
    // Its patience goes with it; requests get a fresh one.
    connection.close().await?;
    migrated
}

/// The statements of every migration in order, for schemas that tests make.
pub fn statements() -> impl Iterator<Item = &'static str> {
    MIGRATOR.iter().map(|migration| migration.sql.as_str())
}
