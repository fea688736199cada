//! Search for celebrities.

pub(crate) mod results;
mod search_params;
