//! Accounts against a real PostgreSQL.
#![expect(clippy::unwrap_used, reason = "in a test, what is missing is the failure")]

mod breached;
mod forged;
mod links;
mod login;
mod refresh;
mod second_step;
mod support;
mod throttle;
