//! Profiles of celebrities.

pub(crate) mod profile;
