//! Values of the whole installation that are created once, by whichever server starts first.

use kernel::Instant;

use crate::connect::Database;
use crate::types::{Connection, Tx};

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

/// The value under `name` with the moment at which it was stored, if there is one.
pub async fn noted(connection: &mut Connection, name: &str) -> Result<Option<(String, Instant)>, sqlx::Error> {
    let row = sqlx::query!(r#"SELECT value, created_at AS "at: Instant" FROM installation WHERE name = $1"#, name);
    Ok(row.fetch_optional(connection).await?.map(|row| (row.value, row.at)))
}

/// Stores `value` under `name`, in this transaction.
pub async fn note(tx: &mut Tx, name: &str, value: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!("INSERT INTO installation (name, value, created_at) VALUES ($1, $2, $3)", name, value, now)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Stores `value` under `name` in the place of any other, in this transaction.
pub async fn replace(tx: &mut Tx, name: &str, value: &str, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO installation (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name)
          DO UPDATE SET value = $2, created_at = $3",
        name,
        value,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Removes the value under `name`, in this transaction.
pub async fn forget(tx: &mut Tx, name: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM installation WHERE name = $1", name).execute(&mut **tx).await?;
    Ok(())
}

/// Makes servers that are starting wait until this transaction ends: each reads these values first, and the table is locked.
pub async fn hold(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("LOCK TABLE installation IN ACCESS EXCLUSIVE MODE").execute(&mut **tx).await?;
    Ok(())
}

/// The value under `name`, read in this transaction.
pub async fn value_within(tx: &mut Tx, name: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("SELECT value FROM installation WHERE name = $1", name).fetch_optional(&mut **tx).await
}
