//! The schema, brought up to date when a server starts.

use sqlx::migrate::{MigrateError, Migrator};

use crate::Database;

static MIGRATOR: Migrator = sqlx::migrate!("../../../migrations");

/// Applies what is missing. Several servers may start at once: they wait for each other.
pub async fn migrate(database: &Database) -> Result<(), MigrateError> {
    MIGRATOR.run(database.pool()).await
}

/// The statements of every migration in order, for schemas that tests make.
pub fn statements() -> impl Iterator<Item = &'static str> {
    MIGRATOR.iter().map(|migration| migration.sql.as_str())
}
