//! The front page.

pub(crate) mod home;
