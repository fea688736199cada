//! Finding somebody.

mod results;
