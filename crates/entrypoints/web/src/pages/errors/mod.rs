//! What went wrong.

pub(crate) mod draw;
pub(crate) mod problem;
