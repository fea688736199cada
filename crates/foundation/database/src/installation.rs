//! Values that belong to the installation as a whole and are made once, whichever server starts first.

use kernel::Instant;

use crate::Database;

/// The value under `name`, which becomes `candidate` if there is none yet.
pub async fn value_or_insert(
    database: &Database,
    name: &str,
    candidate: &str,
    now: Instant,
) -> Result<String, sqlx::Error> {
    sqlx::query!(
        "INSERT INTO installation (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        name,
        candidate,
        now
    )
    .execute(database.pool())
    .await?;
    sqlx::query_scalar!("SELECT value FROM installation WHERE name = $1", name).fetch_one(database.pool()).await
}

/// The value under `name`, if there is one.
pub async fn value(database: &Database, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT value FROM installation WHERE name = $1", name).fetch_optional(database.pool()).await
}
