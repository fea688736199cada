//! Token buckets shared by all servers, for calls that could be used to guess a secret or to flood a mailbox.

use database::Connection;
use kernel::Instant;

use crate::store::guesses;

pub use crate::store::guesses::Bucket;

/// Whether every bucket had a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ThrottleOutcome {
    Allowed,
    /// The bucket at this place of the list is empty; it has a token again after `wait_s` seconds.
    Empty {
        place: usize,
        wait_s: f64,
    },
}

/// Takes one token from each bucket, and stops at the first that is empty. Name the buckets that few callers share first: a caller who has
/// used up their own then takes nothing from their neighbours.
pub async fn take(
    connection: &mut Connection,
    buckets: &[Bucket],
    now: Instant,
) -> Result<ThrottleOutcome, sqlx::Error> {
    Ok(match guesses::take_from_buckets(connection, buckets, now).await? {
        None => ThrottleOutcome::Allowed,
        Some((place, tokens)) => ThrottleOutcome::Empty { place, wait_s: -tokens / buckets[place].refill_per_s },
    })
}

/// Returns a token to each bucket, where a call succeeded and should not count.
pub async fn give_back(connection: &mut Connection, buckets: &[Bucket]) -> Result<(), sqlx::Error> {
    guesses::return_to_buckets(connection, buckets).await
}
