//! Converts wall times to instants. Wall times that clocks skip or show twice are distinct cases.

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use kernel::Instant;

/// More than any clock was ever away from UTC.
const SECONDS_FROM_UTC_MAX: i64 = 26 * 3_600;

/// Why a wall time is not one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalFault {
    /// The clocks jump over it.
    NonExistent,
    /// The clocks show it twice.
    Ambiguous { first: Instant, second: Instant },
}

/// The instant at which clocks in `zone` show `local`.
pub fn resolve_local(local: NaiveDateTime, zone: Tz) -> Result<Instant, LocalFault> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::None => Err(LocalFault::NonExistent),
        LocalResult::Ambiguous(one, other) => {
            let (one, other) = (one.with_timezone(&Utc), other.with_timezone(&Utc));
            Err(LocalFault::Ambiguous { first: one.min(other), second: one.max(other) })
        }
    }
}

/// The first instant at which clocks in `zone` show `local`, or the end of the jump that skips it.
pub fn first_instant_from(local: NaiveDateTime, zone: Tz) -> Instant {
    match resolve_local(local, zone) {
        Ok(at) | Err(LocalFault::Ambiguous { first: at, .. }) => at,
        Err(LocalFault::NonExistent) => end_of_jump(local, zone),
    }
}

/// The instant at which the clocks of `zone` jump over `local`, found in some twenty looks, however long the jump is.
fn end_of_jump(local: NaiveDateTime, zone: Tz) -> Instant {
    // No clock is further from UTC than this, so what it shows is before `local` at one end and after it at the other.
    let (mut before, mut after) = (-SECONDS_FROM_UTC_MAX, SECONDS_FROM_UTC_MAX);
    let at = |seconds: i64| Utc.from_utc_datetime(&(local + TimeDelta::seconds(seconds)));
    while after - before > 1 {
        let middle = before.midpoint(after);
        if at(middle).with_timezone(&zone).naive_local() < local {
            before = middle;
        } else {
            after = middle;
        }
    }
    at(after)
}

/// The last instant at which clocks in `zone` show `local`, or the end of the jump that skips it.
pub(crate) fn last_instant_from(local: NaiveDateTime, zone: Tz) -> Instant {
    match resolve_local(local, zone) {
        Err(LocalFault::Ambiguous { second, .. }) => second,
        _ => first_instant_from(local, zone),
    }
}
