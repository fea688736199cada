//! Classifies failed statements for callers that can react to them.

use std::io::ErrorKind;

use sqlx::postgres::PgConnectOptions;

/// Whether the statement timed out waiting for a lock. The connection can still be used.
pub fn is_lock_timeout(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("55P03")
}

/// Whether two transactions waited for each other and this one was ended. A retry may succeed at once.
pub(crate) fn is_deadlock(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("40P01")
}

/// Whether the role that is connected may not do this.
pub(crate) fn is_forbidden(error: &sqlx::Error) -> bool {
    code(error).as_deref() == Some("42501")
}

/// Whether an extension was asked for that is not installed on the server.
pub(crate) fn lacks_extension(error: &sqlx::Error) -> bool {
    let message = error.as_database_error().map(|error| error.message()).unwrap_or_default();
    matches!(code(error).as_deref(), Some("0A000" | "58P01")) && message.contains("extension")
}

/// What helps against a server that refuses a connection for this reason.
pub(crate) fn advice(error: &sqlx::Error) -> &'static str {
    match code(error).as_deref() {
        Some("28000" | "28P01") => "correct the user and the password in DATABASE_URL",
        Some("3D000") => "make that database (`createdb`), or correct its name in DATABASE_URL",
        Some("53300") => "raise `max_connections` of the server, or lower STAGEDOOR_DATABASE_CONNECTIONS",
        Some("42501") => "let this role connect to it (`GRANT CONNECT`)",
        _ if matches!(error, sqlx::Error::Tls(_)) => "correct sslmode and sslrootcert in DATABASE_URL",
        _ => "check that it runs and that DATABASE_URL names it",
    }
}

/// Whether the server or the connection is gone, so that further statements on this connection fail too.
pub fn is_connection_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => true,
        // Shutting down, crashed, starting up, idle for too long, also in a transaction, too many connections.
        _ => matches!(code(error).as_deref(), Some("57P01" | "57P02" | "57P03" | "57P05" | "25P03" | "53300")),
    }
}

/// Whether the server has ended the connection: it said so, or hung up. Silence does not count.
pub(crate) fn has_ended(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => error.kind() != ErrorKind::TimedOut,
        error => is_connection_lost(error),
    }
}

/// Whether the server at `options`, which refused a connection, may only be starting or restarting.
pub(crate) fn may_come_up(error: &sqlx::Error, options: &PgConnectOptions) -> bool {
    match error {
        // The socket is not there yet.
        sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound => at_socket(options),
        // Nobody listens, at a port or a socket, or whoever does hung up at once.
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
        ),
        // cannot_connect_now
        error => code(error).as_deref() == Some("57P03"),
    }
}

/// Whether the connection failed because a file that TLS needs is missing, such as a certificate.
pub(crate) fn lacks_file(error: &sqlx::Error, options: &PgConnectOptions) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound) && !at_socket(options)
}

fn at_socket(options: &PgConnectOptions) -> bool {
    options.get_socket().is_some() || options.get_host().starts_with('/')
}

fn code(error: &sqlx::Error) -> Option<std::borrow::Cow<'_, str>> {
    error.as_database_error().and_then(|error| error.code())
}
