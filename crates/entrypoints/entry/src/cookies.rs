//! Cookies that answers set: for this host only, hidden from scripts, never sent from another site's form, and over HTTPS only.

use accounts::DEVICE_LIFE;
use accounts::commands::BrowserSession;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// The cookie of a browser session.
pub const SESSION_COOKIE: &str = "__Host-stagedoor";
/// What a browser keeps of its log-ins after they have ended: it opens nothing, see [`BrowserSession::device`].
pub const DEVICE_COOKIE: &str = "__Host-stagedoor-device";

/// The same answer, keeping `value` in the visitor's browser. The name begins with `__Host-`.
pub fn keep(answer: impl IntoResponse, name: &str, value: &str, life_s: i64) -> Response {
    let mut response = answer.into_response();
    let cookie = format!("{name}={value}; Path=/; Max-Age={life_s}; Secure; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The same answer, forgetting a cookie.
pub fn forget(answer: impl IntoResponse, name: &str) -> Response {
    keep(answer, name, "", 0)
}

/// The same answer, opening a session in the visitor's browser.
pub fn keep_session(answer: impl IntoResponse, session: &BrowserSession) -> Response {
    let answer = keep(answer, SESSION_COOKIE, session.cookie.expose(), session.life.num_seconds());
    keep(answer, DEVICE_COOKIE, session.device.expose(), DEVICE_LIFE.num_seconds())
}
