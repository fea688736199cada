//! A private schema for each test on a shared server: the real tables, without rows of other tests.
//!
//! The statements of all migrations are replayed into a fresh schema in one round trip, which takes about a tenth of a
//! second; copying a template database is no faster and writes ten times the bytes. Extensions live in `public` once.
//! Advisory locks and NOTIFY channels are database-wide: code that uses them keys them by `current_schema()`.

mod proxy;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::future::join_all;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use uuid::Uuid;

use crate::config::DatabaseConfig;
use crate::connect::Database;
use crate::migrations;

pub use proxy::SilentProxy;

/// The variable with the address of the test server; otherwise `DATABASE_URL` is used.
pub const URL_VARIABLE: &str = "STAGEDOOR_TEST_DATABASE_URL";

/// Older schemas were left by killed runs and are dropped.
const SCHEMA_AGE_MAX: Duration = Duration::from_secs(60 * 60);

/// The lock for work on the whole database: creating extensions, dropping old schemas.
const SETUP_LOCK: i64 = 0x0073_7461_6765;

/// A schema of its own with all tables, dropped at the end.
#[derive(Debug)]
pub struct TestDatabase {
    /// A small pool on the schema.
    pub database: Database,
    config: DatabaseConfig,
    schema: String,
}

impl TestDatabase {
    /// Creates the schema. Panics with an explanation if there is no server.
    #[expect(clippy::disallowed_methods, reason = "the name of a schema is not part of what a test repeats")]
    pub async fn new() -> Self {
        let url = std::env::var(URL_VARIABLE)
            .or_else(|_| std::env::var("DATABASE_URL"))
            .expect("database tests need a PostgreSQL: run `cargo xtask test`, or set STAGEDOOR_TEST_DATABASE_URL");
        let schema = format!("test_{}_{}", unix_seconds(), &Uuid::new_v4().simple().to_string()[..12]);
        let mut connection = connect(&url).await.expect("the test server answers");
        prepare(&mut connection).await.expect("extensions can be made in the test database");
        replay(&mut connection, &schema).await.expect("the migrations apply to an empty schema");
        connection.close().await.ok();
        let config = DatabaseConfig { connections_max: 10, schema: Some(schema.clone()), ..DatabaseConfig::new(url) };
        let database = Database::connect(&config).await.expect("the test server answers");
        Self { database, config, schema }
    }

    /// Opens every connection of the pool, has the server end them all, as a crash would, and gives them back. The pool has not noticed:
    /// they were used a moment ago, so it does not test them yet. Returns their number.
    pub async fn end_connections(&self) -> usize {
        let pool = self.database.pool();
        let held = join_all((0..pool.size_max()).map(|_| pool.acquire())).await;
        let mut held = held.into_iter().collect::<Result<Vec<_>, _>>().expect("nobody else uses them");
        let mut backends: Vec<i32> = Vec::new();
        for connection in &mut held {
            let id = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut **connection).await;
            backends.push(id.expect("the test server answers"));
        }
        let mut other = connect(self.config.url.expose()).await.expect("the test server answers");
        sqlx::query("SELECT pg_terminate_backend(id, 5000) FROM unnest($1::integer[]) AS backend (id)")
            .bind(&backends)
            .execute(&mut other)
            .await
            .expect("the test server ends them");
        other.close().await.ok();
        backends.len()
    }

    /// The configuration for opening the same schema again, as a second pool or server.
    pub fn config(&self) -> DatabaseConfig {
        self.config.clone()
    }
}

impl Drop for TestDatabase {
    /// Drops the schema from a separate thread, because the test's runtime may be gone or busy. If a connection
    /// still has to roll back on that runtime, the schema cannot be dropped now; a later run does it.
    fn drop(&mut self) {
        let url = self.config.url.expose().clone();
        let statement = format!("DROP SCHEMA IF EXISTS {} CASCADE", self.schema);
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut connection = connect(&url).await?;
                sqlx::raw_sql("SET lock_timeout = '200ms'").execute(&mut connection).await?;
                sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
                connection.close().await
            })
        });
        dropped.join().ok();
    }
}

/// A connection with short time-outs and without notices about dropped objects.
async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    let settings = [("lock_timeout", "5s"), ("client_min_messages", "error"), ("synchronous_commit", "off")];
    url.parse::<PgConnectOptions>()?.options(settings).connect().await
}

/// Creates the extensions and drops schemas of killed runs, once per database.
async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let ready: bool = sqlx::query_scalar(
        "SELECT count(*) = 3 FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm', 'unaccent')",
    )
    .fetch_one(&mut *connection)
    .await?;
    let oldest = unix_seconds().saturating_sub(SCHEMA_AGE_MAX.as_secs());
    let stale: Vec<String> = sqlx::query_scalar(
        "SELECT nspname::text FROM pg_namespace WHERE nspname ~ '^test_[0-9]+_' AND split_part(nspname, '_', 2)::bigint < $1 LIMIT 20",
    )
    .bind(i64::try_from(oldest).expect("the year is below 292 billion"))
    .fetch_all(&mut *connection)
    .await?;
    if ready && stale.is_empty() {
        return Ok(());
    }
    sqlx::query("SELECT pg_advisory_lock($1)").bind(SETUP_LOCK).execute(&mut *connection).await?;
    for extension in ["btree_gist", "pg_trgm", "unaccent"] {
        let statement = format!("CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public");
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    for schema in stale {
        let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
        // Still in use: the next run tries again.
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await.ok();
    }
    sqlx::query("SELECT pg_advisory_unlock($1)").bind(SETUP_LOCK).execute(&mut *connection).await?;
    Ok(())
}

/// Creates every table in `schema`, in one round trip and one transaction, but for what cannot be in one.
async fn replay(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let mut script = format!("CREATE SCHEMA {schema}; SET search_path = {schema}, public;\n");
    for (statements, is_transactional) in migrations::statements() {
        if is_transactional {
            script.push_str(statements);
            script.push_str("\n;\n");
            continue;
        }
        sqlx::raw_sql(AssertSqlSafe(std::mem::take(&mut script))).execute(&mut *connection).await?;
        // Building an index beside others waits for every transaction of every other test.
        let alone = statements.replace("CONCURRENTLY", "");
        sqlx::raw_sql(AssertSqlSafe(alone)).execute(&mut *connection).await?;
    }
    sqlx::raw_sql(AssertSqlSafe(script)).execute(connection).await?;
    Ok(())
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}
