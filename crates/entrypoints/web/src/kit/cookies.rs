//! Cookies that pages set: hidden from scripts, sent to this site only, and over HTTPS only.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// The same answer, keeping `value` in the visitor's browser for pages below `path`.
pub(crate) fn keep(answer: impl IntoResponse, name: &str, value: &str, path: &str, life_s: i64) -> Response {
    let mut response = answer.into_response();
    let cookie = format!("{name}={value}; Path={path}; Max-Age={life_s}; Secure; HttpOnly; SameSite=Lax");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The same answer, forgetting a cookie.
pub(crate) fn forget(answer: impl IntoResponse, name: &str, path: &str) -> Response {
    keep(answer, name, "", path, 0)
}
