//! Pages for developers.

pub(crate) mod gallery;
pub(crate) mod serve;
