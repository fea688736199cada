//! The rate limits: how many calls one caller may make in which time.

use crate::Rate;

/// A token bucket: at most `calls` at once, refilled evenly over `window_s` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    pub name: &'static str,
    pub calls: u32,
    pub window_s: u32,
}

impl Rate {
    /// The budget of one caller; none where calls are not limited.
    pub const fn budget(self) -> Option<Budget> {
        let (name, calls, window_s) = match self {
            Self::None => return None,
            Self::Read => ("read", 1_200, 60),
            Self::Search => ("search", 300, 60),
            Self::Write => ("write", 300, 60),
            Self::Login => ("login", 3, 60),
            Self::Register => ("register", 3, 3_600),
            Self::Recovery => ("recovery", 3, 3_600),
        };
        Some(Budget { name, calls, window_s })
    }
}
