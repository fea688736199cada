//! Demo data: a fictional platform with two years of history, generated from a seed and a moment, and loaded in one transaction.

mod case;
pub mod check;
mod dice;
pub mod generate;
mod life;
mod load;
mod policies;
mod portraits;
mod rows;
mod size;
mod words;

pub use load::{LoadError, LoadOptions, LoadSummary, Progress, is_loaded, load};
pub use size::Size;

/// The mail domain of the demo logins; reserved (`.test`), so that no mail can reach anybody.
pub const LOGIN_DOMAIN: &str = "demo.stagedoor.test";

/// The default password of the demo logins.
pub const PASSWORD_DEFAULT: &str = "stage-door-demo";

/// The seed of a first start.
pub const SEED_DEFAULT: u64 = 20_261_123;

#[cfg(test)]
mod tests;
