//! Token buckets that every node shares, for what guards a secret.

use database::Connection;
use kernel::Instant;

use crate::store::guesses;

/// Whether there was a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Taken {
    Yes,
    /// The bucket is empty; the next token comes after this many seconds.
    WaitSeconds(f64),
}

/// Takes one token from the bucket `key`, which holds `capacity` and gains `refill_per_s`.
pub async fn take(
    connection: &mut Connection,
    key: &str,
    capacity: f64,
    refill_per_s: f64,
    now: Instant,
) -> Result<Taken, sqlx::Error> {
    let left = guesses::take_from_bucket(connection, key, capacity, refill_per_s, now).await?;
    Ok(if left >= 0.0 { Taken::Yes } else { Taken::WaitSeconds(-left / refill_per_s) })
}

/// Puts the token back that a success need not have cost.
pub async fn give_back(connection: &mut Connection, key: &str, capacity: f64) -> Result<(), sqlx::Error> {
    guesses::return_to_bucket(connection, key, capacity).await
}
