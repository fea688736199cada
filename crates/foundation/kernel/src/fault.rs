//! The kinds of errors, by what the caller can do about them.

use std::error::Error;
use std::fmt;

/// The kind of an error; entry points map it to an HTTP status in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// The request is invalid: correct it and send it again.
    Invalid,
    /// Missing, or not visible to the caller: the two are never distinguished.
    NotFound,
    /// The request is valid, but the current state does not allow it: read the state and decide again.
    Conflict,
    /// The caller is signed in but not allowed to do this.
    Forbidden,
    /// The caller is not signed in.
    SignInFirst,
    /// Too often: wait.
    TooMany,
    /// The database or another service is unavailable: try again later.
    Unavailable,
    /// Our mistake.
    Broken,
}

/// A fault in one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FieldFault {
    /// The field as the sender named it, dotted for nested ones.
    pub field: String,
    /// Stable, machine-readable: `too_short`.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

impl FieldFault {
    /// A fault in `field`.
    pub fn new(field: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

/// An error that an entry point can answer with. `Display` is the sentence people read, so it holds nothing secret.
pub trait Fault: std::error::Error + Send + Sync + 'static {
    fn kind(&self) -> FaultKind;

    /// Stable, machine-readable: `slot_taken`.
    fn code(&self) -> &'static str;

    /// Faults by field, for invalid input.
    fn fields(&self) -> Vec<FieldFault> {
        Vec::new()
    }

    /// Further data for the caller, such as free alternatives; merged into the answer.
    fn extra(&self) -> Option<serde_json::Value> {
        None
    }

    /// Seconds after which a retry makes sense.
    fn retry_after_s(&self) -> Option<u64> {
        None
    }
}

/// An error with its causes on one line, for logs and the command line; a cause that the message already contains is left out.
pub struct Causes<'error>(pub &'error (dyn Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        let mut cause = self.0.source();
        while let Some(one) = cause {
            let text = one.to_string();
            if !said.contains(&text) {
                said = format!("{said}: {text}");
            }
            cause = one.source();
        }
        f.write_str(&said)
    }
}

/// The kind of a failed statement: the database is unavailable or too busy, or the statement is wrong.
impl Fault for sqlx::Error {
    fn kind(&self) -> FaultKind {
        match self {
            Self::PoolTimedOut
            | Self::PoolClosed
            | Self::Io(_)
            | Self::Tls(_)
            // An answer that was cut off.
            | Self::Protocol(_)
            | Self::WorkerCrashed
            | Self::BeginFailed => FaultKind::Unavailable,
            Self::Database(error) => match error.code().as_deref() {
                // Deadlock, serialization, lock and statement time-outs, a full disk, too many connections, idle for too long, shutting
                // down.
                Some(
                    "40001" | "40P01" | "55P03" | "57014" | "53100" | "53300" | "25P03" | "57P05" | "57P01" | "57P02" | "57P03",
                ) => FaultKind::Unavailable,
                // The text contains a byte that PostgreSQL cannot store (NUL).
                Some("22021" | "22P05") => FaultKind::Invalid,
                _ => FaultKind::Broken,
            },
            _ => FaultKind::Broken,
        }
    }

    fn code(&self) -> &'static str {
        match self.kind() {
            FaultKind::Unavailable => "database_unavailable",
            FaultKind::Invalid => "invalid_characters",
            _ => "internal",
        }
    }
}
