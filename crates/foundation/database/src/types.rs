//! Our names for the driver's types.

/// An error of a statement or a connection.
pub type Error = sqlx::Error;

/// One transaction. Begin and commit in the same function; dropping it rolls back.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// A connection to read with; a `Tx` turns into one.
pub type Connection = sqlx::PgConnection;
