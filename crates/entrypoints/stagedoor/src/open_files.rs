//! How many files and sockets the process may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::connections::ConnectionLimits;

/// More than this no program of ours needs.
const WANTED: u64 = 65_536;
/// What the process needs besides connections of clients: the database, logs, calls to other services.
const OWN: u64 = 256;

/// With fewer the database and the log take all, and nobody is answered.
pub const LEAST: u64 = 64;

/// Raises the limit as far as the process may, and returns it; `None` where there is none.
pub fn raise() -> Option<u64> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    let wanted = limit.maximum.map_or(WANTED, |maximum| maximum.min(WANTED));
    if current >= wanted {
        return Some(current);
    }
    // Refused by some systems; then the old limit stays.
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum: limit.maximum });
    Some(if raised.is_ok() { wanted } else { current })
}

/// The limits of connections that fit into `open_files`.
pub fn fit(limits: ConnectionLimits, open_files: Option<u64>) -> ConnectionLimits {
    let room = open_files.map_or(u64::MAX, |files| files.saturating_sub(OWN).max(files / 2));
    ConnectionLimits { all: limits.all.min(u32::try_from(room).unwrap_or(u32::MAX)), ..limits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_everything_else() {
        let fitted = |files| fit(ConnectionLimits { all: 4_096, network: 256 }, files).all;
        assert_eq!(
            [fitted(None), fitted(Some(65_536)), fitted(Some(1_024)), fitted(Some(64))],
            [4_096, 4_096, 768, 32]
        );
    }

    #[test]
    fn the_limit_is_raised_to_what_is_allowed() {
        let maximum = getrlimit(Resource::Nofile).maximum;
        let raised = raise().expect("there is a limit");
        assert!(raised >= maximum.unwrap_or(WANTED).min(WANTED), "{raised} of {maximum:?}");
    }
}
