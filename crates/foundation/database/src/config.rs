//! Where the database is and how many connections to keep.

use kernel::Secret;

/// How to reach PostgreSQL.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/name`; holds a password, so it never prints.
    pub url: Secret<String>,
    pub connections_max: u32,
    /// The schema to work in; each test has its own.
    pub schema: Option<String>,
}

impl DatabaseConfig {
    /// The server at `url` with as many connections as two cores can use.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: Secret::new(url.into()), connections_max: 16, schema: None }
    }
}
