//! The rights of a role that serves, where another owns the schema and migrates it.

use sqlx::AssertSqlSafe;

use crate::{Database, Error};

/// Gives `role` what serving needs in our schema as it is now: rows to read and write, but no table to make, change or drop, and no word on
/// which migrations were applied. The pool's own role owns the schema.
pub async fn grant_to(database: &Database, role: &str) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    let statements: String = sqlx::query_scalar(
        "SELECT format('GRANT USAGE ON SCHEMA %1$I TO %2$I;
                        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO %2$I;
                        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I;
                        REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations FROM %2$I', current_schema(), $1)",
    )
    .bind(role)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *tx).await?;
    tx.commit().await
}
