//! Converts wall times to instants. Wall times that clocks skip or show twice are distinct cases.

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use kernel::Instant;

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
    // The longest jump on record is 24 hours (Samoa, 2011); transitions fall on whole minutes.
    (0..=26 * 60)
        .find_map(|minutes| match resolve_local(local + TimeDelta::minutes(minutes), zone) {
            Ok(at) | Err(LocalFault::Ambiguous { first: at, .. }) => Some(at),
            Err(LocalFault::NonExistent) => None,
        })
        .unwrap_or_else(|| local.and_utc())
}

/// The last instant at which clocks in `zone` show `local`, or the end of the jump that skips it.
pub(crate) fn last_instant_from(local: NaiveDateTime, zone: Tz) -> Instant {
    match resolve_local(local, zone) {
        Err(LocalFault::Ambiguous { second, .. }) => second,
        _ => first_instant_from(local, zone),
    }
}
