//! Opens the pool; each error is a sentence that says what is wrong and what to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use crate::config::DatabaseConfig;
use crate::probe::Probe;
use crate::reserve;
use crate::surplus::Surplus;
use crate::types::Tx;

/// The oldest supported version of PostgreSQL.
const SERVER_VERSION_MIN: u32 = 150_000;

/// How long to wait for a server that is starting, and for any server to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection that was idle for this long is closed, which frees memory here and in PostgreSQL.
const IDLE_KEPT: Duration = Duration::from_secs(30);

/// The number of separate connections for work that takes minutes.
const BULK_CONNECTIONS: u32 = 2;

/// A connection that was idle for less than this is used without a ping.
const IDLE_TRUSTED: Duration = Duration::from_secs(5);

/// A pool of connections.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
    /// For what is paid for, when the pool has none left.
    reserve: Option<PgPool>,
    bulk: PgPool,
    probe: Arc<Probe>,
}

/// Why the database cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "DATABASE_URL is not a PostgreSQL address ({reason}); it should look like postgres://user:password@host:5432/name"
    )]
    BadUrl { reason: String },
    #[error("cannot use PostgreSQL at {place}: {reason}; check that it runs and that DATABASE_URL names it")]
    Unreachable { place: String, reason: String },
    #[error(
        "PostgreSQL at {place} is version {found}, but Stagedoor needs 15 or newer; upgrade the server or point DATABASE_URL at another"
    )]
    TooOld { place: String, found: String },
}

impl Database {
    /// Opens the pool after checking that the server can be reached and its version is supported.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let mut options = parse(config.url.expose())?;
        let place = place_of(&options);
        let mut settings = vec![
            ("statement_timeout", "5s".to_owned()),
            ("lock_timeout", "4s".to_owned()),
            ("idle_in_transaction_session_timeout", "10s".to_owned()),
            ("timezone", "UTC".to_owned()),
            // Our statements are short: compiling them to machine code (JIT) costs more than running them.
            ("jit", "off".to_owned()),
        ];
        if let Some(schema) = &config.schema {
            settings.push(("search_path", format!("{schema},public")));
        }
        options = options
            .application_name("stagedoor")
            .options(settings)
            .log_slow_statements(tracing::log::LevelFilter::Warn, Duration::from_millis(500));
        try_out(&options, &place).await?;
        let surplus = Arc::new(Surplus::new(Instant::now()));
        let taken = Arc::clone(&surplus);
        let bulk = PgPoolOptions::new()
            .max_connections(BULK_CONNECTIONS)
            .idle_timeout(IDLE_KEPT)
            .connect_lazy_with(options.clone().disable_statement_logging());
        let probe = Arc::new(Probe::new(options.clone()));
        let pool = PgPoolOptions::new()
            .max_connections(config.connections_max - reserve::share_of(config.connections_max))
            .acquire_timeout(Duration::from_secs(3))
            .idle_timeout(IDLE_KEPT)
            // A ping before each use would cost a round trip, so only a connection that was idle for long is pinged.
            .test_before_acquire(false)
            .before_acquire(move |connection, usage| {
                taken.note(usage.idle_for, Instant::now());
                Box::pin(async move {
                    if usage.idle_for > IDLE_TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            .after_release(move |_, _| {
                let is_surplus = surplus.take();
                Box::pin(async move { Ok(!is_surplus) })
            });
        let reserve = reserve::pool(config.connections_max, pool.clone(), options.clone());
        let pool = pool
            .connect_with(options)
            .await
            .map_err(|error| ConnectError::Unreachable { place, reason: reason(&error) })?;
        Ok(Self { pool, reserve, bulk, probe })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self.reserve() {
            Some(reserve) => reserve::either(self.pool.begin(), reserve.begin()).await,
            None => self.pool.begin().await,
        }
    }

    /// A connection to read with, outside a transaction.
    pub async fn acquire(&self) -> Result<sqlx::pool::PoolConnection<sqlx::Postgres>, sqlx::Error> {
        match self.reserve() {
            Some(reserve) => reserve::either(self.pool.acquire(), reserve.acquire()).await,
            None => self.pool.acquire().await,
        }
    }

    /// The reserve, for those who may take from it.
    fn reserve(&self) -> Option<&PgPool> {
        self.reserve.as_ref().filter(|_| reserve::may_be_taken())
    }

    /// Succeeds if the server answers within a second, however busy the pool is.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        self.probe.ask().await
    }

    /// The pool itself, for work outside of requests.
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Connections for work that takes minutes; slow statements are not logged there.
    pub(crate) const fn bulk(&self) -> &PgPool {
        &self.bulk
    }

    /// Closes all connections once they have been returned.
    pub async fn close(&self) {
        self.probe.close().await;
        self.pool.close().await;
        if let Some(reserve) = &self.reserve {
            reserve.close().await;
        }
        self.bulk.close().await;
    }
}

pub(crate) fn parse(url: &str) -> Result<PgConnectOptions, ConnectError> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(ConnectError::BadUrl { reason: "it does not begin with postgres://".to_owned() });
    }
    url.parse().map_err(|error: sqlx::Error| ConnectError::BadUrl { reason: reason(&error) })
}

fn place_of(options: &PgConnectOptions) -> String {
    options
        .get_socket()
        .map_or_else(|| format!("{}:{}", options.get_host(), options.get_port()), |socket| socket.display().to_string())
}

/// Connects once and checks the version. The pool would report only a time-out, not the cause.
async fn try_out(options: &PgConnectOptions, place: &str) -> Result<(), ConnectError> {
    let unreachable = |reason: String| ConnectError::Unreachable { place: place.to_owned(), reason };
    let began = Instant::now();
    loop {
        match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
            Err(_) => return Err(unreachable("it does not answer".to_owned())),
            Ok(Ok(connection)) => {
                let version = connection.server_version_num();
                connection.close().await.ok();
                return check_version(version, place);
            }
            Ok(Err(error)) if may_come_up(&error) && began.elapsed() < CONNECT_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Err(error)) => return Err(unreachable(reason(&error))),
        }
    }
}

fn check_version(version: Option<u32>, place: &str) -> Result<(), ConnectError> {
    match version {
        Some(version) if version < SERVER_VERSION_MIN => {
            Err(ConnectError::TooOld { place: place.to_owned(), found: (version / 10_000).to_string() })
        }
        _ => Ok(()),
    }
}

/// Whether the server is only starting.
fn may_come_up(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() == std::io::ErrorKind::ConnectionRefused,
        // cannot_connect_now
        sqlx::Error::Database(error) => error.code().as_deref() == Some("57P03"),
        _ => false,
    }
}

/// The cause of the error, without the driver's introductory words.
fn reason(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Configuration(error) => error.to_string(),
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_something_else_is_refused() {
        for url in ["http://localhost/stagedoor", "localhost:5432", "postgres://host:port/name"] {
            assert!(matches!(parse(url), Err(ConnectError::BadUrl { .. })), "{url}");
        }
        assert_eq!(place_of(&parse("postgres://me@host:5433/name").unwrap()), "host:5433");
    }

    #[test]
    fn an_old_server_is_refused_by_name() {
        let refused = check_version(Some(140_009), "db:5432").unwrap_err().to_string();
        assert!(refused.contains("db:5432 is version 14, but Stagedoor needs 15"), "{refused}");
        assert!(check_version(Some(150_018), "db:5432").is_ok());
    }
}
