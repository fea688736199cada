//! Explanations.

pub(crate) mod ranking;
