//! Where the database is and how many connections to keep.

use std::time::Duration;

use kernel::Secret;

/// How long the server may be silent while an answer is due, before the connection is given up. The server itself ends a statement after
/// five seconds, so this passes only when it or the network is gone.
pub const SILENCE_MAX: Duration = Duration::from_secs(7);

/// How long those who write in groups wait for a lock before they find out who of them is stuck.
pub const SHORT_PATIENCE: Duration = Duration::from_millis(250);

/// The `application_name` of the connections of servers.
pub const SERVING: &str = "stagedoor";
/// The `application_name` of the connections of commands, so that a command can count the servers' connections without its own.
pub const COMMAND: &str = "stagedoor command";

/// How to reach PostgreSQL.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// `postgres://user:password@host:port/name`; holds a password, so it never prints.
    pub url: Secret<String>,
    pub connections_max: u32,
    /// The schema to work in; each test has its own.
    pub schema: Option<String>,
    /// How long the server may be silent while an answer is due; `None` for tools whose statements take as long as they take.
    pub silence_max: Option<Duration>,
    /// What the server knows these connections by.
    pub application: &'static str,
}

impl DatabaseConfig {
    /// The server at `url` with as many connections as two cores can use.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: Secret::new(url.into()),
            connections_max: 16,
            schema: None,
            silence_max: Some(SILENCE_MAX),
            application: SERVING,
        }
    }
}
