//! Accounts against a real PostgreSQL.

mod forged;
mod links;
mod login;
mod refresh;
mod support;
