//! A free time, named to somebody whose wanted time is taken.

use chrono::{DateTime, Utc};
use serde::Serialize;

/// A free time, as an alternative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FreeTime {
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}
