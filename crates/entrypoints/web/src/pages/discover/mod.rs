//! Finding somebody.

pub(crate) mod results;
mod search_params;
