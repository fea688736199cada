//! What only those who build the site see.

pub(crate) mod gallery;
pub(crate) mod serve;
