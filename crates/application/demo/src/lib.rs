//! Demo data: a fictional platform two years old, made from a seed and a moment, and loaded in one transaction.

pub mod check;
mod dice;
pub mod generate;
mod load;
mod policies;
mod portraits;
mod rows;
mod size;
mod words;

pub use load::{LoadError, LoadOptions, LoadSummary, Progress, is_loaded, load};
pub use size::Size;

/// The mail domain of the demo logins; reserved, so that no mail can ever arrive anywhere.
pub const LOGIN_DOMAIN: &str = "demo.stagedoor.test";

/// The password of the demo logins when none is configured.
pub const PASSWORD_DEFAULT: &str = "stage-door-demo";

/// The seed that a first start uses.
pub const SEED_DEFAULT: u64 = 20_261_123;

#[cfg(test)]
mod tests;
