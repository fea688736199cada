//! Token buckets shared by all servers, for calls that could be used to guess a secret or to flood a mailbox.

use database::Connection;
use kernel::Instant;

use crate::store::guesses;

/// Whether a bucket had a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ThrottleOutcome {
    Allowed,
    /// The bucket is empty; it has a token again after this many seconds.
    WaitSeconds(f64),
}

/// Takes one token from the bucket `key`, which holds `capacity` and gains `refill_per_s`.
pub async fn take(
    connection: &mut Connection,
    key: &str,
    capacity: f64,
    refill_per_s: f64,
    now: Instant,
) -> Result<ThrottleOutcome, sqlx::Error> {
    let left = guesses::take_from_bucket(connection, key, capacity, refill_per_s, now).await?;
    Ok(if left >= 0.0 { ThrottleOutcome::Allowed } else { ThrottleOutcome::WaitSeconds(-left / refill_per_s) })
}

/// Returns a token, where a call succeeded and should not count.
pub async fn give_back(connection: &mut Connection, key: &str, capacity: f64) -> Result<(), sqlx::Error> {
    guesses::return_to_bucket(connection, key, capacity).await
}
