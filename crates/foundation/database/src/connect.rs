//! Opens the pool; each error is a sentence that says what is wrong and what to do.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::config::{DatabaseConfig, SERVING, SHORT_PATIENCE};
use crate::failure::{advice, lacks_file, may_come_up};
use crate::pool::{Pool, PoolLimits, PooledConnection};
use crate::probe::Probe;
use crate::reserve;
use crate::types::Tx;

/// The oldest supported version of PostgreSQL.
const SERVER_VERSION_MIN: u32 = 150_000;

/// How long to wait for a server that is starting, and for any server to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request waits for a connection; below, how long work that takes minutes waits for one.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
const ACQUIRE_TIMEOUT_BULK: Duration = Duration::from_secs(30);

/// The number of separate connections for work that takes minutes.
const BULK_CONNECTIONS: u32 = 2;

/// The number of connections for what is written in groups: two writers for each of two kinds of groups.
const GROUP_CONNECTIONS: u32 = 4;

/// A statement that takes longer is logged.
const SLOW: Duration = Duration::from_millis(500);

/// What every connection asks of the server.
const SETTINGS: [(&str, &str); 8] = [
    ("statement_timeout", "5s"),
    ("lock_timeout", "4s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("timezone", "UTC"),
    // Our statements are short: compiling them to machine code (JIT) costs more than running them.
    ("jit", "off"),
    // A server soon lets go of the locks of a client that has vanished from the network. Ignored on Unix sockets.
    ("tcp_keepalives_idle", "15"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_user_timeout", "30s"),
];

/// The connections of this program.
#[derive(Debug, Clone)]
pub struct Database {
    pool: Pool,
    /// For payments and refunds, when the pool has no connection left.
    reserve: Option<Pool>,
    bulk: Pool,
    /// For those who write in groups.
    groups: Pool,
    probe: Arc<Probe>,
}

/// Why the database cannot be used; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error(
        "DATABASE_URL is not a PostgreSQL address ({reason}); it should look like postgres://user:password@host:5432/name"
    )]
    BadUrl { reason: String },
    #[error("cannot use PostgreSQL at {place}: {reason}; {advice}")]
    Unreachable { place: String, reason: String, advice: &'static str },
    #[error(
        "a certificate or key for PostgreSQL at {place} is not there; correct the path that DATABASE_URL names as sslrootcert, sslcert or \
         sslkey, or put the file there"
    )]
    FileMissing { place: String },
    #[error(
        "PostgreSQL at {place} is version {found}, but Stagedoor needs 15 or newer; upgrade the server or point DATABASE_URL at another"
    )]
    TooOld { place: String, found: String },
}

impl Database {
    /// Opens the pool after checking that the server can be reached and its version is supported.
    pub async fn connect(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let options = parse(config.url.expose())?;
        let place = place_of(&options);
        let options = options.application_name(config.application).options(SETTINGS);
        let options = match &config.schema {
            Some(schema) => options.options([("search_path", format!("{schema},public"))]),
            None => options,
        };
        try_out(&options, &place).await?;
        let kept = reserve::share_of(config.connections_max);
        let limits = |places, acquire_timeout, silence_max| PoolLimits { places, acquire_timeout, silence_max };
        let ordinary = options.clone().log_slow_statements(tracing::log::LevelFilter::Warn, SLOW);
        let of_requests = |places| limits(places, ACQUIRE_TIMEOUT, config.silence_max);
        let bulk = limits(BULK_CONNECTIONS, ACQUIRE_TIMEOUT_BULK, None);
        let briefly = format!("{}ms", SHORT_PATIENCE.as_millis());
        let of_groups = ordinary.clone().options([("lock_timeout", briefly)]);
        Ok(Self {
            probe: Arc::new(Probe::new(ordinary.clone())),
            groups: Pool::new(of_groups, of_requests(GROUP_CONNECTIONS)),
            reserve: (kept > 0).then(|| Pool::new(ordinary.clone(), of_requests(kept))),
            pool: Pool::new(ordinary, of_requests(config.connections_max - kept)),
            bulk: Pool::new(options.disable_statement_logging(), bulk),
        })
    }

    /// Begins a transaction.
    pub async fn begin(&self) -> Result<Tx, sqlx::Error> {
        match self.reserve() {
            Some(reserve) => reserve::either(self.pool.begin(), reserve.begin()).await,
            None => self.pool.begin().await,
        }
    }

    /// A connection to read with, outside a transaction.
    pub async fn acquire(&self) -> Result<PooledConnection, sqlx::Error> {
        match self.reserve() {
            Some(reserve) => reserve::either(self.pool.acquire(), reserve.acquire()).await,
            None => self.pool.acquire().await,
        }
    }

    /// A connection for a writer of groups, on which nothing waits long for a lock unless it says so. A statement is held up by a table
    /// that is locked as a whole before it can say anything.
    pub(crate) async fn acquire_for_group(&self) -> Result<PooledConnection, sqlx::Error> {
        self.groups.acquire().await
    }

    /// The reserve, for those who may take from it.
    fn reserve(&self) -> Option<&Pool> {
        self.reserve.as_ref().filter(|_| reserve::may_be_taken())
    }

    /// Succeeds if the server answers within a second, however busy the pool is.
    pub async fn ping(&self) -> Result<(), sqlx::Error> {
        self.probe.ask().await
    }

    /// How many connections servers have to this database. Only for commands: a server would count its own.
    pub async fn serving_connections(&self) -> Result<i64, sqlx::Error> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"#,
            SERVING
        );
        count.fetch_one(&self.pool).await
    }

    /// The pool itself, for work outside of requests.
    pub const fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Connections for work that takes minutes; slow statements are not logged there.
    pub(crate) const fn bulk(&self) -> &Pool {
        &self.bulk
    }

    /// Makes everything that waits for an answer fail at once. For a program that has to stop although the database does not answer.
    pub fn cut(&self) {
        for pool in
            [Some(&self.pool), self.reserve.as_ref(), Some(&self.bulk), Some(&self.groups)].into_iter().flatten()
        {
            pool.cut();
        }
    }

    /// Closes all connections once they have been returned; what takes longer than a few seconds is cut off.
    pub async fn close(&self) {
        let reserve = async {
            if let Some(reserve) = &self.reserve {
                reserve.close().await;
            }
        };
        tokio::join!(self.probe.close(), self.pool.close(), reserve, self.bulk.close(), self.groups.close());
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
    let unreachable = |error: &sqlx::Error| ConnectError::Unreachable {
        place: place.to_owned(),
        reason: reason(error),
        advice: advice(error),
    };
    let began = Instant::now();
    loop {
        match tokio::time::timeout(CONNECT_TIMEOUT, options.connect()).await {
            Err(_) => return Err(unreachable(&sqlx::Error::Io(std::io::Error::other("it does not answer")))),
            Ok(Ok(connection)) => {
                let version = connection.server_version_num();
                connection.close().await.ok();
                return check_version(version, place);
            }
            Ok(Err(error)) if may_come_up(&error, options) && began.elapsed() < CONNECT_TIMEOUT => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Ok(Err(error)) if lacks_file(&error, options) => {
                return Err(ConnectError::FileMissing { place: place.to_owned() });
            }
            Ok(Err(error)) => return Err(unreachable(&error)),
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn an_address_of_something_else_is_refused() {
        for url in ["http://localhost/stagedoor", "localhost:5432", "postgres://host:port/name"] {
            assert!(matches!(parse(url), Err(ConnectError::BadUrl { .. })), "{url}");
        }
        assert_eq!(place_of(&parse("postgres://me@host:5433/name").unwrap()), "host:5433");
    }

    #[tokio::test]
    async fn a_certificate_that_is_not_there_is_not_waited_for() {
        let server = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = server.local_addr().unwrap();
        // It takes every connection, and is ready to encrypt it.
        tokio::spawn(async move {
            while let Ok((mut client, _)) = server.accept().await {
                let mut request = [0; 8];
                client.read_exact(&mut request).await.unwrap();
                client.write_all(b"S").await.unwrap();
            }
        });
        let url = format!("postgres://me@{address}/name?sslmode=verify-full&sslrootcert=/nowhere/root.pem");
        let began = Instant::now();
        let refused = Database::connect(&DatabaseConfig::new(url)).await.unwrap_err().to_string();
        assert!(began.elapsed() < CONNECT_TIMEOUT, "as long as for a server that may come up");
        assert!(refused.contains(&address.to_string()) && refused.contains("sslrootcert"), "{refused}");
    }

    #[test]
    fn an_old_server_is_refused_by_name() {
        let refused = check_version(Some(140_009), "db:5432").unwrap_err().to_string();
        assert!(refused.contains("db:5432 is version 14, but Stagedoor needs 15"), "{refused}");
        assert!(check_version(Some(150_018), "db:5432").is_ok());
    }
}
