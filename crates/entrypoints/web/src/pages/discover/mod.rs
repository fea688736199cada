//! Finding somebody.

mod asked;
pub(crate) mod results;
