//! The rights of a role that serves, where another owns the schema and migrates it.

use sqlx::AssertSqlSafe;

use crate::{Database, Error};

/// Why a role was not given what serving needs.
#[derive(Debug, thiserror::Error)]
pub enum ServingRoleError {
    #[error("it is the role that migrates; name another one, which only serves")]
    Owner,
    #[error(
        "it could still make tables in schema {schema}; name a role that is no superuser and no member of the schema's owner, and let \
         that owner run `REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC`"
    )]
    MayCreate { schema: String },
    #[error(transparent)]
    Database(#[from] Error),
}

/// Gives `role` what serving needs in our schema as it is now: rows to read and write, but no table to make, change or drop, and no say in
/// which migrations were applied or how long facts are kept. The pool's own role owns the schema; it cannot be `role`, which loses rights
/// here.
///
/// Up to PostgreSQL 14 everybody might make tables in `public`, and an upgraded database keeps that: it is taken away too.
pub async fn grant_to(database: &Database, role: &str) -> Result<(), ServingRoleError> {
    let mut tx = database.begin().await?;
    let is_owner: bool = sqlx::query_scalar("SELECT current_user = $1").bind(role).fetch_one(&mut *tx).await?;
    if is_owner {
        return Err(ServingRoleError::Owner);
    }
    let statements: String = sqlx::query_scalar(
        "SELECT format('REVOKE CREATE ON SCHEMA %1$I FROM PUBLIC, %2$I;
                        GRANT USAGE ON SCHEMA %1$I TO %2$I;
                        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %1$I TO %2$I;
                        GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %1$I TO %2$I;
                        GRANT EXECUTE ON FUNCTION make_day_of_facts(date), drop_day_of_facts(date) TO %2$I;
                        REVOKE INSERT, UPDATE, DELETE ON _sqlx_migrations, fact_retention FROM %2$I', current_schema(), $1)",
    )
    .bind(role)
    .fetch_one(&mut *tx)
    .await?;
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(&mut *tx).await?;
    let still_open: Option<String> = sqlx::query_scalar(
        "SELECT quote_ident(current_schema()) WHERE has_schema_privilege($1, current_schema(), 'CREATE')",
    )
    .bind(role)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(schema) = still_open {
        return Err(ServingRoleError::MayCreate { schema });
    }
    Ok(tx.commit().await?)
}
