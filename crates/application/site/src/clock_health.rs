//! How far this server's clock is from the database's, as it was found last, for whoever looks after the server.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// What the last comparison said.
#[derive(Debug, Default)]
pub struct ClockHealth {
    ahead_ms: AtomicI64,
    is_wrong: AtomicBool,
}

impl ClockHealth {
    /// Notes how far ahead of the database's the clock was, and whether that is too far.
    pub fn note(&self, ahead_ms: i64, is_wrong: bool) {
        self.ahead_ms.store(ahead_ms, Ordering::Relaxed);
        self.is_wrong.store(is_wrong, Ordering::Relaxed);
    }

    /// Milliseconds ahead of the database's clock; negative when behind.
    pub fn ahead_ms(&self) -> i64 {
        self.ahead_ms.load(Ordering::Relaxed)
    }

    /// Whether the clocks are so far apart that deadlines, jobs and schedules wait on this server.
    pub fn is_wrong(&self) -> bool {
        self.is_wrong.load(Ordering::Relaxed)
    }
}
