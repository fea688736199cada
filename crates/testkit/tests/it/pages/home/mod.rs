//! The front page.

#[expect(clippy::module_inception, reason = "the page that an area is named after")]
mod home;
