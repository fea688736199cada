//! The catalog against a real PostgreSQL.

mod commands;
mod measure;
mod search;
mod support;
