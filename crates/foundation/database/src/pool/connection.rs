//! One connection. Every statement on it has a time limit on our side, and afterwards it is known whether the connection may be used again.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::stream::{self, BoxStream};
use futures::{TryStreamExt as _, future::BoxFuture};
use sqlx::postgres::{PgConnection, PgQueryResult, PgRow, PgStatement, PgTransactionManager, PgTypeInfo};
use sqlx::{Connection as _, Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use sqlx_core::transaction::TransactionManager as _;
use tokio::time::timeout;

use super::patience::Patience;
use crate::failure::is_connection_lost;

/// How long testing a connection may take, or saying goodbye to the server.
const TEST_TIMEOUT: Duration = Duration::from_secs(1);

/// A connection to read with; `&mut Tx` derefs to one.
pub struct Connection {
    raw: PgConnection,
    health: Health,
    patience: Patience,
    opened_at: Instant,
    _counted: Counted,
}

/// What the last statement left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    /// It was answered to its end.
    Settled,
    /// It was dropped or refused on the way: the rest of its answer, or a rollback, is still under way.
    Unsettled,
    /// The server did not answer, or something was sent only in part. The connection cannot be used any more.
    Broken,
}

/// Counts the open connections of a pool.
struct Counted(Arc<AtomicU32>);

impl Connection {
    pub(super) fn new(raw: PgConnection, patience: Patience, open: &Arc<AtomicU32>) -> Self {
        open.fetch_add(1, Ordering::Relaxed);
        let counted = Counted(Arc::clone(open));
        Self { raw, health: Health::Settled, patience, opened_at: Instant::now(), _counted: counted }
    }

    /// The driver's connection, for what only it can do. What happens there has no time limit on our side.
    pub(crate) fn raw(&mut self) -> &mut PgConnection {
        self.health = Health::Unsettled;
        &mut self.raw
    }

    pub(super) fn is_settled(&self) -> bool {
        self.health == Health::Settled
    }

    pub(super) fn is_broken(&self) -> bool {
        self.health == Health::Broken
    }

    pub(super) fn opened_at(&self) -> Instant {
        self.opened_at
    }

    /// Whether the server answers. Whatever an earlier statement left under way, such as a rollback, is then finished.
    pub(super) async fn answers(&mut self) -> bool {
        self.health = Health::Unsettled;
        let answered = matches!(timeout(TEST_TIMEOUT, self.raw.ping()).await, Ok(Ok(())));
        self.health = if answered { Health::Settled } else { Health::Broken };
        answered
    }

    /// Says goodbye to the server, so that it frees its side at once.
    pub(super) async fn close(self) {
        // A server that does not read any more is not waited for.
        timeout(TEST_TIMEOUT, self.raw.close()).await.ok();
    }

    pub(super) async fn begin(&mut self) -> Result<(), Error> {
        // If this future is dropped half-way, nobody knows whether a transaction is open, so the connection is not used again.
        self.health = Health::Broken;
        let begun = self.patience.wait_for(PgTransactionManager::begin(&mut self.raw, None)).await;
        self.health = Health::after(&begun);
        begun
    }

    pub(super) async fn commit(&mut self) -> Result<(), Error> {
        self.health = Health::Unsettled;
        let committed = self.patience.wait_for(PgTransactionManager::commit(&mut self.raw)).await;
        self.health = Health::after(&committed);
        committed
    }

    pub(super) async fn roll_back(&mut self) -> Result<(), Error> {
        self.health = Health::Unsettled;
        let rolled_back = self.patience.wait_for(PgTransactionManager::rollback(&mut self.raw)).await;
        self.health = Health::after(&rolled_back);
        rolled_back
    }

    /// Queues a rollback of the open transaction, which goes out before the next statement or test on this connection.
    pub(super) fn roll_back_later(&mut self) {
        if self.health == Health::Settled {
            self.health = Health::Unsettled;
        }
        PgTransactionManager::start_rollback(&mut self.raw);
    }
}

impl Health {
    fn after<T>(outcome: &Result<T, Error>) -> Self {
        match outcome {
            Ok(_) => Self::Settled,
            Err(error) if is_connection_lost(error) => Self::Broken,
            Err(_) => Self::Unsettled,
        }
    }
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let Connection { raw, health, patience, .. } = self;
        *health = Health::Unsettled;
        let patience = &*patience;
        Box::pin(stream::try_unfold((raw.fetch_many(query), health), move |(mut rows, health)| async move {
            let next = patience.wait_for(rows.try_next()).await;
            if !matches!(next, Ok(Some(_))) {
                *health = Health::after(&next);
            }
            Ok(next?.map(|row| (row, (rows, health))))
        }))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            self.health = Health::Unsettled;
            let row = self.patience.wait_for(self.raw.fetch_optional(query)).await;
            self.health = Health::after(&row);
            row
        })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            self.health = Health::Unsettled;
            let prepared = self.patience.wait_for(self.raw.prepare_with(sql, parameters)).await;
            self.health = Health::after(&prepared);
            prepared
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        self.raw().describe(sql)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("health", &self.health).finish_non_exhaustive()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
