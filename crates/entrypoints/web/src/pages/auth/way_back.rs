//! Remembers where a visitor was going before they had to register, in a cookie, until their address is verified.

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entry::{cookie, cookies};
use http::HeaderMap;
use site::links;

const COOKIE: &str = "__Host-stagedoor-way-back";
/// As long as the mailed link works.
const LIFE_S: i64 = 48 * 60 * 60;

/// The same answer, keeping `path` for as long as the mailed link works.
pub(crate) fn keep(answer: impl IntoResponse, path: &str) -> Response {
    let value = URL_SAFE_NO_PAD.encode(path);
    cookies::keep(answer, COOKIE, &value, LIFE_S)
}

/// The same answer, forgetting it.
pub(crate) fn forget(answer: impl IntoResponse) -> Response {
    cookies::forget(answer, COOKIE)
}

/// The stored path; always one of this site.
pub(crate) fn of(headers: &HeaderMap) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cookie(headers, COOKIE)?).ok()?;
    let path = String::from_utf8(bytes).ok()?;
    (links::safe_return(Some(&path)) == path).then_some(path)
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn kept(path: &str) -> Option<String> {
        let answer = keep((), path);
        let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.parse().unwrap());
        of(&headers)
    }

    #[test]
    fn the_way_back_survives_a_visit_and_never_leaves_the_site() {
        let review = "/book/1/review?starts_at=2026-12-12T20:00:00Z";
        assert_eq!(kept(review).as_deref(), Some(review));
        assert_eq!(kept("https://elsewhere.test/"), None);
        assert_eq!(kept("//elsewhere.test/"), None);
    }
}
