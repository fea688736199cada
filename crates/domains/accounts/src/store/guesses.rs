//! Counters against guessing: failed tries, and token buckets shared by all servers.

use database::{Connection, Tx};
use kernel::Instant;

use crate::guessing::{Failures, GuessTally};

/// A token bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct Bucket {
    /// Who shares it, and for what.
    pub key: String,
    /// The most tokens that it holds.
    pub capacity: f64,
    pub refill_per_s: f64,
}

/// The source of the row that counts failures from all sources that the owner has not signed in from.
const STRANGERS: &str = "*";

/// The failures counted for an account, from `source` and from all strangers.
pub(crate) async fn tally(
    connection: &mut Connection,
    account: &[u8; 32],
    source: &str,
) -> Result<GuessTally, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT ip_prefix, failures, last_failed_at FROM login_failures WHERE account_key = $1 AND ip_prefix IN ($2, $3)",
        account.as_slice(),
        source,
        STRANGERS
    );
    let mut found = GuessTally::default();
    for row in rows.fetch_all(connection).await? {
        let failures = Failures { count: row.failures, last: row.last_failed_at };
        if row.ip_prefix == STRANGERS {
            found.strangers = Some(failures);
        } else {
            found.here = Some(failures);
        }
    }
    Ok(found)
}

/// Counts one more failure from `source`; a stranger's counts for all strangers too.
pub(crate) async fn count_failure(
    connection: &mut Connection,
    account: &[u8; 32],
    source: &str,
    is_stranger: bool,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO login_failures (account_key, ip_prefix, failures, last_failed_at)
         SELECT $1, source, 1, $3 FROM unnest(ARRAY[$2, $4]) source WHERE source <> $4 OR $5
         ON CONFLICT (account_key, ip_prefix) DO UPDATE SET failures = login_failures.failures + 1, last_failed_at = $3",
        account.as_slice(),
        source,
        now,
        STRANGERS,
        is_stranger
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Clears the failures from `source` after a success. A stranger's success also clears the count of all strangers together, whose failures
/// in a row end with it; a success from a source that the owner has signed in from before leaves that count.
pub(crate) async fn clear_failures(
    connection: &mut Connection,
    account: &[u8; 32],
    source: &str,
    is_stranger: bool,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM login_failures WHERE account_key = $1 AND (ip_prefix = $2 OR ($4 AND ip_prefix = $3))",
        account.as_slice(),
        source,
        STRANGERS,
        is_stranger
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Clears all failures of an account after a new password was set.
pub(crate) async fn clear_all_failures(tx: &mut Tx, account: &[u8; 32]) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM login_failures WHERE account_key = $1", account.as_slice())
        .execute(&mut **tx)
        .await
        .map(drop)
}

/// Takes one token from each bucket until one has none; returns the index of that one and its tokens, which are below zero.
pub(crate) async fn take_from_buckets(
    connection: &mut Connection,
    buckets: &[Bucket],
    now: Instant,
) -> Result<Option<(usize, f64)>, sqlx::Error> {
    let (keys, capacities) = columns(buckets);
    let refills: Vec<f64> = buckets.iter().map(|bucket| bucket.refill_per_s).collect();
    let empty = sqlx::query!(
        r#"SELECT place AS "place!", debt AS "debt!" FROM take_from_buckets($1, $2, $3, $4)"#,
        &keys,
        &capacities,
        &refills,
        now
    );
    let empty = empty.fetch_optional(connection).await?;
    Ok(empty.map(|row| (usize::try_from(row.place - 1).unwrap_or_default(), row.debt)))
}

/// Returns one token to each bucket.
pub(crate) async fn return_to_buckets(connection: &mut Connection, buckets: &[Bucket]) -> Result<(), sqlx::Error> {
    let (keys, capacities) = columns(buckets);
    // Locked in the order in which they are taken from, so that the two cannot wait for each other.
    sqlx::query!(
        "WITH taken AS (
           SELECT bucket.key, given.capacity FROM unnest($1::text[], $2::float8[]) WITH ORDINALITY AS given (key, capacity, place)
           JOIN rate_buckets bucket ON bucket.key = given.key ORDER BY given.place FOR UPDATE OF bucket)
         UPDATE rate_buckets SET tokens = least(taken.capacity, tokens + 1) FROM taken WHERE rate_buckets.key = taken.key",
        &keys,
        &capacities
    )
    .execute(connection)
    .await
    .map(drop)
}

fn columns(buckets: &[Bucket]) -> (Vec<String>, Vec<f64>) {
    buckets.iter().map(|bucket| (bucket.key.clone(), bucket.capacity)).unzip()
}
