//! Our names for the driver's types, and what stands in for some of them.

pub use crate::pool::{Connection, Tx};

/// An error of a statement or a connection.
pub type Error = sqlx::Error;
