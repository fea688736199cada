//! Help pages.

pub(crate) mod ranking;
