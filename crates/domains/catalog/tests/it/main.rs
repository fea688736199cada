//! The catalog against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "in a test, what is missing is the failure")]

mod commands;
mod search;
mod support;
