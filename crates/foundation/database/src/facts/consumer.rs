//! The trait of consumers of facts.

use serde::de::DeserializeOwned;

use super::{Event, Fact};
use crate::Tx;

/// A consumer of facts: it sees each fact exactly once.
///
/// A new consumer starts when its first server starts. If it must read
/// from the beginning, a migration inserts its row in `fact_cursors`.
pub trait Consumer: 'static {
    /// What it works with: the services of the site.
    type Context: Sync;
    /// The events it reads; facts of other topics are skipped.
    type Event: Event + DeserializeOwned + Send;
    type Error: std::error::Error + From<crate::Error> + Send + 'static;

    /// Its stable name, as stored in `fact_cursors`.
    const NAME: &'static str;

    /// Handles a fact in this transaction. It must not call other services; it enqueues jobs
    /// for that. Facts arrive nearly in order; if order matters, use a version in the event.
    fn consume(
        context: &Self::Context,
        tx: &mut Tx,
        fact: &Fact,
        event: Self::Event,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
