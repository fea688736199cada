//! Compares this program's clock with the database's, which all servers of a site share.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::Clock;

use crate::connect::Database;

/// Clocks that are further apart than this are wrong: deadlines, refunds and log-ins go by the time.
pub const APART_MAX: TimeDelta = TimeDelta::minutes(1);

/// How far `clock` is ahead of the database's; negative when it is behind.
pub async fn ahead(database: &Database, clock: &dyn Clock) -> Result<TimeDelta, sqlx::Error> {
    let asked_at = clock.now();
    let theirs: DateTime<Utc> =
        sqlx::query_scalar!(r#"SELECT clock_timestamp() AS "at!""#).fetch_one(database.pool()).await?;
    // The database read its clock at some moment between our question and its answer: half-way is the best estimate.
    Ok(asked_at + (clock.now() - asked_at) / 2 - theirs)
}

/// Whether clocks that are this far apart are wrong.
pub fn is_wrong(ahead: TimeDelta) -> bool {
    ahead.abs() > APART_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_in_either_direction_is_tolerated() {
        for (seconds, wrong) in [(0, false), (60, false), (-60, false), (61, true), (-61, true)] {
            assert_eq!(is_wrong(TimeDelta::seconds(seconds)), wrong, "{seconds} s");
        }
    }
}
