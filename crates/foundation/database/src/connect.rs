//! Opening the pool, with a clear sentence for everything that can be wrong.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};

use crate::{DatabaseConfig, Tx};

/// The oldest PostgreSQL that has what we use.
const SERVER_VERSION_MIN: i32 = 150_000;

/// A pool of connections.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
}

/// Why the database cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("DATABASE_URL is not a PostgreSQL address; it should look like postgres://user:password@host:5432/name")]
    BadUrl(#[source] sqlx::Error),
    #[error("cannot reach PostgreSQL at {place}: {source}; check that it runs and that DATABASE_URL names it")]
    Unreachable { place: String, source: sqlx::Error },
    #[error(
        "PostgreSQL at {place} is version {found}, but Stagedoor needs 15 or newer; upgrade the server or point DATABASE_URL at another"
    )]
    TooOld { place: String, found: String },
}

impl Database {
    /// Opens the pool and checks that the server will do.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let mut options: PgConnectOptions = config.url.expose().parse().map_err(ConnectError::BadUrl)?;
        let place = format!("{}:{}", options.get_host(), options.get_port());
        let mut settings = vec![
            ("statement_timeout", "5s".to_owned()),
            ("lock_timeout", "4s".to_owned()),
            ("idle_in_transaction_session_timeout", "10s".to_owned()),
            ("timezone", "UTC".to_owned()),
            // Short statements by key: compiling them to machine code costs more than running them.
            ("jit", "off".to_owned()),
        ];
        if let Some(schema) = &config.schema {
            settings.push(("search_path", format!("{schema},public")));
        }
        options = options
            .application_name("stagedoor")
            .options(settings)
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_millis(500));
        let pool = PgPoolOptions::new()
            .max_connections(config.connections_max)
            .acquire_timeout(Duration::from_secs(3))
            // The ping costs a round trip on every query; connections that lay idle are probed by `probe_idle`.
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .map_err(|source| ConnectError::Unreachable { place: place.clone(), source })?;
        let version: String = sqlx::query_scalar("SHOW server_version_num")
            .fetch_one(&pool)
            .await
            .map_err(|source| ConnectError::Unreachable { place: place.clone(), source })?;
        if version.parse::<i32>().unwrap_or(0) < SERVER_VERSION_MIN {
            return Err(ConnectError::TooOld { place, found: version });
        }
        Ok(Self { pool })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        self.pool.begin().await
    }

    /// A connection to read with, outside a transaction.
    pub async fn acquire(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, sqlx::Error> {
        self.pool.acquire().await
    }

    /// Answers when the server does.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT 1").execute(&self.pool).await.map(drop)
    }

    /// The pool itself, for what runs outside a request.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }
}
