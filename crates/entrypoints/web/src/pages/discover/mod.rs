//! Finding somebody.

pub(crate) mod results;
