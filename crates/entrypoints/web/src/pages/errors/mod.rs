//! Error pages.

pub(crate) mod draw;
pub(crate) mod problem;
