//! Connections to PostgreSQL that are kept open and used in turn. Nothing here waits for ever on a server that went silent: whatever fails
//! to answer in time is closed, and with it all that were idle meanwhile, because they are no better.
//!
//! The driver's own pool tests each connection that is given back, without a time limit, and keeps its place until the test ends.

mod connection;
mod executor;
mod patience;
mod transaction;

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use futures::future::join_all;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Error};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

pub use connection::Connection;
use patience::Patience;
pub use transaction::Tx;

use crate::failure::may_come_up;

/// A connection that was idle for this long is closed, which frees memory here and in PostgreSQL.
const IDLE_KEPT: Duration = Duration::from_secs(15);
/// A connection that was idle for less than this is used without a test. Under load that is all of them. A server that restarts ends every
/// connection, but is away for longer than this: when it is back, all idle connections are old enough to be tested.
const IDLE_TRUSTED: Duration = Duration::from_millis(100);
/// A connection is used no longer than this, because its caches in PostgreSQL only grow.
const AGE_MAX: Duration = Duration::from_secs(30 * 60);
/// How long closing waits for connections in use: once before it cuts them off, and once afterwards.
const CLOSE_PATIENCE: Duration = Duration::from_secs(2);
/// How often idle connections are looked through.
const TIDY_EVERY: Duration = Duration::from_secs(5);

/// A number of places for connections to one server. Clones share them.
#[derive(Clone)]
pub struct Pool(Arc<Shared>);

/// The limits of a pool.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PoolLimits {
    pub places: u32,
    /// How long a caller waits for a place and a connection.
    pub acquire_timeout: Duration,
    /// How long the server may be silent while an answer is due.
    pub silence_max: Option<Duration>,
}

struct Shared {
    options: PgConnectOptions,
    limits: PoolLimits,
    patience: Patience,
    places: Arc<Semaphore>,
    /// A stack: the connection that was used last is used first, so that those that a rush left over grow old and are closed.
    idle: Mutex<Vec<IdleConnection>>,
    open: Arc<AtomicU32>,
    closed: CancellationToken,
}

struct IdleConnection {
    connection: Connection,
    since: Instant,
}

/// A connection that somebody uses, given back when dropped.
#[derive(Debug)]
pub struct PooledConnection {
    connection: Option<Connection>,
    pool: Pool,
    place: Option<OwnedSemaphorePermit>,
}

impl Pool {
    /// A pool without connections; they are opened as they are needed.
    pub(crate) fn new(options: PgConnectOptions, limits: PoolLimits) -> Self {
        let shared = Shared {
            options,
            limits,
            patience: Patience { silence_max: limits.silence_max, cut: CancellationToken::new() },
            places: Arc::new(Semaphore::new(limits.places as usize)),
            idle: Mutex::default(),
            open: Arc::default(),
            closed: CancellationToken::new(),
        };
        let pool = Self(Arc::new(shared));
        tokio::spawn(tidy(Arc::downgrade(&pool.0)));
        pool
    }

    /// A connection that answers, or an error after a few seconds.
    pub async fn acquire(&self) -> Result<PooledConnection, Error> {
        // Pinned on the stack: the future is large, and wrapping it would copy it.
        let acquired = pin!(async {
            let place = Arc::clone(&self.0.places).acquire_owned().await.map_err(|_| Error::PoolClosed)?;
            let connection = match self.tested().await {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            Ok(PooledConnection { connection: Some(connection), pool: self.clone(), place: Some(place) })
        });
        tokio::select! {
            biased;
            () = self.0.closed.cancelled() => Err(Error::PoolClosed),
            acquired = timeout(self.0.limits.acquire_timeout, acquired) => acquired.unwrap_or(Err(Error::PoolTimedOut)),
        }
    }

    /// How many connections there may be at the same time.
    pub fn size_max(&self) -> u32 {
        self.0.limits.places
    }

    /// How many connections are open.
    pub fn size(&self) -> u32 {
        self.0.open.load(Ordering::Relaxed)
    }

    /// How many of them nobody uses.
    pub fn num_idle(&self) -> usize {
        self.idle().len()
    }

    /// Refuses new callers, waits a little for those who use a connection, cuts them off if need be, and closes all connections. Takes a
    /// few seconds at most.
    pub async fn close(&self) {
        self.0.closed.cancel();
        let all = || self.0.places.acquire_many(self.0.limits.places);
        if timeout(CLOSE_PATIENCE, all()).await.is_err() {
            tracing::warn!("the database did not answer in time: what was under way is cut off");
            self.0.patience.cut.cancel();
            timeout(CLOSE_PATIENCE, all()).await.ok();
        }
        let idle = std::mem::take(&mut *self.idle());
        join_all(idle.into_iter().map(|idle| idle.connection.close())).await;
    }

    /// Refuses new callers, and fails at once whatever still waits for an answer.
    pub(crate) fn cut(&self) {
        self.0.closed.cancel();
        self.0.patience.cut.cancel();
    }

    /// An idle connection that answers. If one does not, the others are closed unasked.
    async fn tested(&self) -> Option<Connection> {
        let IdleConnection { mut connection, since } = self.idle().pop()?;
        if since.elapsed() < IDLE_TRUSTED || connection.answers().await {
            return Some(connection);
        }
        self.distrust();
        None
    }

    /// Opens a connection. While the server is only starting, it is tried again until the caller's time is over.
    async fn connect(&self) -> Result<Connection, Error> {
        let mut pause = Duration::from_millis(10);
        loop {
            match self.0.options.connect().await {
                Ok(raw) => return Ok(Connection::new(raw, self.0.patience.clone(), &self.0.open)),
                Err(error) if may_come_up(&error, &self.0.options) => sleep(pause).await,
                Err(error) => return Err(error),
            }
            pause = (pause * 2).min(Duration::from_millis(500));
        }
    }

    /// Makes a connection available again, or closes it when it is old.
    fn put_back(&self, connection: Connection) {
        if !self.0.closed.is_cancelled() && connection.opened_at().elapsed() < AGE_MAX {
            self.idle().push(IdleConnection { connection, since: Instant::now() });
        }
    }

    /// Closes idle connections after one was found to be silent or gone: new ones are opened within milliseconds, but each silent one would
    /// cost its user the whole time limit.
    fn distrust(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<IdleConnection>> {
        // A panic while this lock is held cannot leave the list inconsistent, so a poisoned lock is still usable.
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections that nobody needed for a while, as long as the pool is there.
async fn tidy(pool: Weak<Shared>) {
    loop {
        sleep(TIDY_EVERY).await;
        let Some(pool) = pool.upgrade().map(Pool) else { return };
        let old: Vec<_> = pool.idle().extract_if(.., |idle| idle.since.elapsed() > IDLE_KEPT).collect();
        join_all(old.into_iter().map(|idle| idle.connection.close())).await;
    }
}

impl PooledConnection {
    /// Closes the connection instead of giving it back.
    pub(crate) async fn discard(mut self) {
        if let Some(connection) = self.connection.take() {
            connection.close().await;
        }
    }
}

impl Drop for PooledConnection {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if connection.is_broken() {
            return self.pool.distrust();
        }
        // The place is freed only after this, so whoever gets it finds the connection idle.
        if connection.is_settled() {
            return self.pool.put_back(connection);
        }
        // Without a runtime nobody can wait for the server any more: the connection is closed.
        let Ok(runtime) = Handle::try_current() else { return };
        // The test keeps the place, so that there are never more connections than places.
        let (pool, place) = (self.pool.clone(), self.place.take());
        runtime.spawn(async move {
            if connection.answers().await {
                pool.put_back(connection);
            } else {
                pool.distrust();
            }
            drop(place);
        });
    }
}

impl Deref for PooledConnection {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("it is taken only when dropped")
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("it is taken only when dropped")
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("size", &self.size()).field("idle", &self.num_idle()).finish_non_exhaustive()
    }
}
