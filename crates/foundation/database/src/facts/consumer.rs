//! What a consumer is.

use serde::de::DeserializeOwned;

use super::{Event, Fact};
use crate::Tx;

/// Somebody who makes something of facts, each exactly once.
///
/// A new one reads from the moment at which its first server starts; one that is to read from the beginning has its row in
/// `fact_cursors` made by a migration.
pub trait Consumer: 'static {
    /// What it works with: the services of the site.
    type Context: Sync;
    /// What it reads; facts of other topics are passed over.
    type Event: Event + DeserializeOwned + Send;
    type Error: std::error::Error + From<crate::Error> + Send + 'static;

    /// Stable name, as its cursor has it.
    const NAME: &'static str;

    /// Makes something of a fact, in this transaction and without asking anybody outside: its other effects are jobs. Facts come
    /// nearly in order; where order matters, go by what the event says of it.
    fn consume(
        context: &Self::Context,
        tx: &mut Tx,
        fact: &Fact,
        event: Self::Event,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
