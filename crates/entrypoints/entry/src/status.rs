//! The one table that turns a fault's kind into an HTTP status.

use http::StatusCode;
use kernel::FaultKind;

/// The status and the short title of each kind.
pub const fn of(kind: FaultKind) -> (StatusCode, &'static str) {
    match kind {
        FaultKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "The request needs a correction"),
        FaultKind::NotFound => (StatusCode::NOT_FOUND, "Not found"),
        FaultKind::Conflict => (StatusCode::CONFLICT, "Not possible as things stand"),
        FaultKind::Forbidden => (StatusCode::FORBIDDEN, "Not allowed"),
        FaultKind::SignInFirst => (StatusCode::UNAUTHORIZED, "Sign in first"),
        FaultKind::TooMany => (StatusCode::TOO_MANY_REQUESTS, "Too many requests"),
        FaultKind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Not available right now"),
        FaultKind::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side"),
    }
}
