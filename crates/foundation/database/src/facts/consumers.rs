//! The list of consumers, type-erased.

use futures::FutureExt as _;
use futures::future::BoxFuture;
use kernel::{Causes, Instant};

use super::consume::{self, BATCH};
use super::{Consumer, parked};
use crate::Database;

/// All consumers of this release.
pub struct Consumers<Context, Error> {
    entries: Vec<RegisteredConsumer<Context, Error>>,
}

struct RegisteredConsumer<Context, Error> {
    name: &'static str,
    read_on: for<'run> fn(&'run Database, &'run Context, Instant) -> BoxFuture<'run, Result<usize, Error>>,
    retry_parked: for<'run> fn(&'run Database, &'run Context) -> BoxFuture<'run, Result<usize, Error>>,
}

/// The result of one round of reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// The number of facts read, summed over consumers.
    pub count: usize,
    /// Whether more facts can be read at once.
    pub has_more: bool,
}

impl<Context: Sync, Error: std::error::Error + From<crate::Error> + Send + 'static> Consumers<Context, Error> {
    /// No consumers yet.
    pub const fn new() -> Self {
        Self { entries: Vec::new() }
    }

    /// Adds a consumer. Panics if its name is taken.
    #[must_use]
    pub fn consumer<C: Consumer<Context = Context, Error = Error>>(mut self) -> Self {
        assert!(self.entries.iter().all(|entry| entry.name != C::NAME), "two consumers are called {}", C::NAME);
        self.entries.push(RegisteredConsumer { name: C::NAME, read_on: read_on::<C>, retry_parked: retry_parked::<C> });
        self
    }

    /// Creates missing cursors.
    pub async fn begin(&self, database: &Database) -> Result<(), crate::Error> {
        consume::begin(database, &self.names()).await
    }

    /// Lets every consumer with unread facts read one batch. If one fails, the
    /// error is logged, it tries again in the next round, and the others go on.
    pub async fn read_on(&self, database: &Database, context: &Context, now: Instant) -> Result<Round, crate::Error> {
        let with_news = consume::with_news(database).await?;
        let mut round = Round::default();
        for entry in self.entries.iter().filter(|entry| with_news.iter().any(|name| name == entry.name)) {
            match (entry.read_on)(database, context, now).await {
                Ok(count) => {
                    round.count += count;
                    round.has_more |= i64::try_from(count).is_ok_and(|count| count == BATCH);
                }
                Err(error) => {
                    tracing::warn!(consumer = entry.name, error = %Causes(&error), "facts could not be consumed");
                }
            }
        }
        Ok(round)
    }

    /// Whether a consumer of this release can read a fact now.
    pub async fn has_news(&self, database: &Database) -> Result<bool, crate::Error> {
        let with_news = consume::with_news(database).await?;
        Ok(self.entries.iter().any(|entry| with_news.iter().any(|name| name == entry.name)))
    }

    /// Whether a consumer of this release has unread facts, including those that must wait for a running transaction.
    pub async fn has_unread(&self, database: &Database) -> Result<bool, crate::Error> {
        consume::has_unread(database, &self.names()).await
    }

    /// Consumes the parked facts that this release can read and returns their number. If one consumer fails, the others still get their
    /// turn.
    pub async fn retry_parked(&self, database: &Database, context: &Context) -> Result<usize, Error> {
        let mut all = Ok(0);
        for entry in &self.entries {
            let done = (entry.retry_parked)(database, context).await;
            all = all.and_then(|all| done.map(|count| all + count));
        }
        all
    }

    fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| entry.name.to_owned()).collect()
    }
}

impl<Context: Sync, Error: std::error::Error + From<crate::Error> + Send + 'static> Default
    for Consumers<Context, Error>
{
    fn default() -> Self {
        Self::new()
    }
}

fn read_on<'run, C: Consumer>(
    database: &'run Database,
    context: &'run C::Context,
    now: Instant,
) -> BoxFuture<'run, Result<usize, C::Error>> {
    consume::read_on::<C>(database, context, now).boxed()
}

fn retry_parked<'run, C: Consumer>(
    database: &'run Database,
    context: &'run C::Context,
) -> BoxFuture<'run, Result<usize, C::Error>> {
    parked::retry::<C>(database, context).boxed()
}
