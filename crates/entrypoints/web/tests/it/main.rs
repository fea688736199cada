//! The site over HTTP, on a database of its own.
#![expect(clippy::unwrap_used, reason = "in a test, what is missing is the failure")]

mod accounts;
mod browser;
mod frame;
