//! Applies missing migrations when a server starts, and tells whether this program may work on a schema.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use tokio::time::{Instant, sleep};

use crate::connect::Database;
use crate::failure::{is_forbidden, is_lock_timeout, lacks_extension};
use crate::types::{Connection, Tx};

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrator = sqlx::migrate!("../../../migrations");
    // Migrations of a later release are checked by `refuse_if_too_new`.
    migrator.set_ignore_missing(true);
    migrator
});

/// How long a migration waits for a table that somebody uses. Meanwhile all others who want that table queue behind the migration.
const LOCK_PATIENCE: &str = "1s";
/// The advisory lock that the migrating server holds, and how often the others ask for it.
const TURN: i32 = 0x6d69_6772;
const TURN_PAUSE: Duration = Duration::from_millis(100);
/// The pauses between tries, so that those who queued behind the migration get the table.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(8);
/// How long all tries together may take; a backup or a report may read for long.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Why the schema cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    #[error(
        "a newer release has changed the database in a way that this program cannot work with (migration {needed}); \
         start that release again, or restore a backup from before"
    )]
    TooNew { needed: i64 },
    #[error(
        "the database lacks migration {missing}, which this program needs; run `stagedoor migrate`, or use the program of the release that serves"
    )]
    TooOld { missing: i64 },
    #[error(
        "migration {migration} was changed after it had been applied to this database, so that nobody knows what stands in it; start the release \
         that applied it, and put a change of your own into a new migration. In development, an empty database will do: set \
         STAGEDOOR_DATA_DIR or DATABASE_URL to another place"
    )]
    Changed { migration: i64 },
    #[error(
        "PostgreSQL lacks an extension that the schema needs ({reason}); install its additional modules (Debian: in `postgresql`, elsewhere \
         `postgresql-contrib`) on the machine where it runs, and start again"
    )]
    ExtensionMissing { reason: String },
    #[error(
        "this role of PostgreSQL may not change the schema ({reason}); run `stagedoor migrate` as the role that owns the database, or make this one \
         its owner"
    )]
    NotOwner { reason: String },
    #[error("tables that a migration changes have been in use for too long, by {user}; end that, and start again")]
    InUse { user: String },
    #[error("a migration failed; mend what is said here, and start again: what was done before stays done")]
    Migration(#[source] MigrateError),
    #[error(
        "the schema could not be looked at; see that PostgreSQL runs and that this role may use its tables, and start again"
    )]
    Database(#[from] sqlx::Error),
}

impl From<MigrateError> for SchemaError {
    fn from(error: MigrateError) -> Self {
        match &error {
            MigrateError::VersionMismatch(migration) => return Self::Changed { migration: *migration },
            MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _) => {
                let reason = || cause.as_database_error().map(|cause| cause.message().to_owned()).unwrap_or_default();
                if lacks_extension(cause) {
                    return Self::ExtensionMissing { reason: reason() };
                }
                if is_forbidden(cause) {
                    return Self::NotOwner { reason: reason() };
                }
            }
            _ => {}
        }
        Self::Migration(error)
    }
}

/// Applies missing migrations. Several servers may start at once: a lock makes them take turns.
pub async fn migrate(database: &Database) -> Result<(), SchemaError> {
    let mut connection = database.acquire().await?;
    // No time limit: building an index over years of rows takes longer than a request may.
    sqlx::raw_sql("SET statement_timeout = 0").execute(&mut *connection).await?;
    let migrated = migrate_in_turn(&mut connection).await;
    // Closed afterwards, because its time limits are off; requests get new connections.
    connection.discard().await;
    migrated
}

/// Whether this program and the schema fit, for commands that change nothing. Fails when they do not.
pub async fn check(connection: &mut Connection) -> Result<(), SchemaError> {
    refuse_if_too_new(connection).await?;
    let applied = applied(connection).await?;
    match MIGRATOR.iter().map(|migration| migration.version).find(|version| !applied.contains(version)) {
        Some(missing) => Err(SchemaError::TooOld { missing }),
        None => Ok(()),
    }
}

/// Removes every table with its rows. What is left is an empty database, which the next start fills.
pub async fn remove_everything(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET LOCAL statement_timeout = 0").execute(&mut **tx).await?;
    sqlx::raw_sql(include_str!("../sql/drop_everything.sql")).execute(&mut **tx).await?;
    Ok(())
}

/// Whether no migration was applied yet.
pub async fn is_empty(connection: &mut Connection) -> Result<bool, sqlx::Error> {
    Ok(applied(connection).await?.is_empty())
}

/// The statements of all migrations in order, for the schemas of tests; `false` for those that cannot be in a transaction.
pub fn statements() -> impl Iterator<Item = (&'static str, bool)> {
    MIGRATOR.iter().map(|migration| (migration.sql.as_str(), !migration.no_tx))
}

async fn migrate_in_turn(connection: &mut Connection) -> Result<(), SchemaError> {
    wait_for_turn(connection).await?;
    migrate_patiently(connection).await?;
    sqlx::raw_sql(include_str!("../sql/close_functions.sql")).execute(connection).await?;
    Ok(())
}

/// Waits until no other server migrates; the lock is held until the connection closes. It is polled and not waited for in a statement:
/// `CREATE INDEX CONCURRENTLY` waits for every statement that runs, so it and a statement that waits for its server's lock would wait for
/// each other.
async fn wait_for_turn(connection: &mut Connection) -> Result<(), sqlx::Error> {
    loop {
        let asked = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtext(current_database()), $1)").bind(TURN);
        if asked.fetch_one(&mut *connection).await? {
            return Ok(());
        }
        sleep(TURN_PAUSE).await;
    }
}

/// Tries until nobody uses what the migrations change, such as a backup that reads for minutes.
async fn migrate_patiently(connection: &mut Connection) -> Result<(), SchemaError> {
    let (began, mut pause) = (Instant::now(), PAUSE_MIN);
    loop {
        refuse_if_too_new(connection).await?;
        match apply_missing(connection).await {
            // Asked again, because another server may have migrated while we waited for the lock.
            Ok(()) => return refuse_if_too_new(connection).await,
            Err(error) if !waited_in_vain(&error) => return Err(error.into()),
            Err(_) => {}
        }
        let user = longest_user(connection).await?;
        if began.elapsed() > PATIENCE {
            return Err(SchemaError::InUse { user });
        }
        tracing::warn!(user, "a migration waits for tables that are in use, and is tried again");
        sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// Applies each missing migration, and lastly compares all that were applied with ours.
async fn apply_missing(connection: &mut Connection) -> Result<(), MigrateError> {
    let applied = applied(connection).await?;
    let missing = MIGRATOR.iter().filter(|migration| !applied.contains(&migration.version));
    let missing: Vec<(i64, bool)> = missing.map(|migration| (migration.version, migration.no_tx)).collect();
    for (version, is_alone) in missing {
        // What runs outside a transaction holds no lock that others wait for: it builds an index beside them, or moves rows in batches.
        let patience = if is_alone { "0" } else { LOCK_PATIENCE };
        sqlx::query_scalar!("SELECT set_config('lock_timeout', $1, false)", patience)
            .fetch_one(&mut *connection)
            .await?;
        MIGRATOR.run_direct(Some(version), connection.raw(), false).await?;
    }
    MIGRATOR.run_direct(None, connection.raw(), false).await
}

/// Fails if a migration of a later release says that this program must not run.
async fn refuse_if_too_new(connection: &mut Connection) -> Result<(), SchemaError> {
    let is_there = sqlx::query_scalar!(r#"SELECT to_regclass('installation') IS NOT NULL AS "is_there!""#);
    if !is_there.fetch_one(&mut *connection).await? {
        return Ok(());
    }
    let needed =
        sqlx::query_scalar!(r#"SELECT value::bigint AS "needed!" FROM installation WHERE name = 'oldest_program'"#);
    match needed.fetch_optional(connection).await? {
        Some(needed) if !MIGRATOR.version_exists(needed) => Err(SchemaError::TooNew { needed }),
        _ => Ok(()),
    }
}

/// The migrations that were applied; none in an empty database.
async fn applied(connection: &mut Connection) -> Result<BTreeSet<i64>, sqlx::Error> {
    let is_there: bool =
        sqlx::query_scalar("SELECT to_regclass('_sqlx_migrations') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !is_there {
        return Ok(BTreeSet::new());
    }
    let versions = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success");
    Ok(versions.fetch_all(connection).await?.into_iter().collect())
}

fn waited_in_vain(error: &MigrateError) -> bool {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => is_lock_timeout(error),
        _ => false,
    }
}

/// Who has had a transaction open for longest in this database.
async fn longest_user(connection: &mut Connection) -> Result<String, sqlx::Error> {
    let user = sqlx::query_scalar!(
        r#"SELECT format('%s (process %s, since %s UTC)', coalesce(nullif(application_name, ''), 'a program without a name'), pid,
             to_char(xact_start, 'HH24:MI:SS')) AS "user!"
           FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
           ORDER BY xact_start LIMIT 1"#
    );
    Ok(user.fetch_optional(connection).await?.unwrap_or_else(|| "nobody that can be seen".to_owned()))
}
