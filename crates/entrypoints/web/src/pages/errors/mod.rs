//! What went wrong.

pub(crate) mod problem;
