//! Counters against guessing: failed tries, and token buckets shared by all servers.

use database::{Connection, Tx};
use kernel::Instant;

/// The network of the row that counts failures from all networks.
const EVERYWHERE: &str = "*";

/// Consecutive failures: log-ins to an account, or codes of its app.
pub(crate) struct Failures {
    /// The number from this network, and when the last one happened.
    pub here: Option<(i32, Instant)>,
    /// The same from all networks.
    pub everywhere: Option<(i32, Instant)>,
}

impl Failures {
    /// The number from all networks.
    pub fn count(&self) -> i32 {
        self.everywhere.map_or(0, |(count, _)| count)
    }
}

/// The failures counted for an account.
pub(crate) async fn failures(
    connection: &mut Connection,
    account: &[u8; 32],
    ip_prefix: &str,
) -> Result<Failures, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT ip_prefix, failures, last_failed_at FROM login_failures WHERE account_key = $1 AND ip_prefix IN ($2, $3)",
        account.as_slice(),
        ip_prefix,
        EVERYWHERE
    );
    let mut found = Failures { here: None, everywhere: None };
    for row in rows.fetch_all(connection).await? {
        if row.ip_prefix == EVERYWHERE {
            found.everywhere = Some((row.failures, row.last_failed_at));
        } else {
            found.here = Some((row.failures, row.last_failed_at));
        }
    }
    Ok(found)
}

/// Counts one more failure.
pub(crate) async fn count_failure(
    connection: &mut Connection,
    account: &[u8; 32],
    ip_prefix: &str,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO login_failures (account_key, ip_prefix, failures, last_failed_at) VALUES ($1, $2, 1, $3), ($1, $4, 1, $3)
         ON CONFLICT (account_key, ip_prefix) DO UPDATE SET failures = login_failures.failures + 1, last_failed_at = $3",
        account.as_slice(),
        ip_prefix,
        now,
        EVERYWHERE
    )
    .execute(connection)
    .await
    .map(drop)
}

/// Clears the failures of this network and the sum over all networks after a success. Other networks stay slowed.
pub(crate) async fn clear_failures(
    connection: &mut Connection,
    account: &[u8; 32],
    ip_prefix: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM login_failures WHERE account_key = $1 AND ip_prefix IN ($2, $3)",
        account.as_slice(),
        ip_prefix,
        EVERYWHERE
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

/// Takes one token and returns how many are left; below zero there was none. The debt of at most one token is stored, so that
/// somebody who keeps calling keeps waiting.
pub(crate) async fn take_from_bucket(
    connection: &mut Connection,
    key: &str,
    capacity: f64,
    refill_per_s: f64,
    now: Instant,
) -> Result<f64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"INSERT INTO rate_buckets AS bucket (key, tokens, updated_at) VALUES ($1, $2::float8 - 1, $4)
           ON CONFLICT (key) DO UPDATE SET
             tokens = greatest(-1, least($2::float8, bucket.tokens
               + $3::float8 * greatest(0, extract(epoch FROM ($4 - bucket.updated_at))::float8)) - 1),
             updated_at = $4
           RETURNING tokens AS "tokens!""#,
        key,
        capacity,
        refill_per_s,
        now
    )
    .fetch_one(connection)
    .await
}

/// Returns one token.
pub(crate) async fn return_to_bucket(connection: &mut Connection, key: &str, capacity: f64) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE rate_buckets SET tokens = least($2, tokens + 1) WHERE key = $1", key, capacity)
        .execute(connection)
        .await
        .map(drop)
}
