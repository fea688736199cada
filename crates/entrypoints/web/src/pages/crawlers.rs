//! `/robots.txt` and `/favicon.ico`.

use axum::response::{IntoResponse, Redirect, Response};
use http::header;

use crate::kit::assets;

const DAY: &str = "public, max-age=86400";

/// Crawlers may read profiles, categories and search; personal pages and endpoints for machines are excluded.
const ROBOTS: &str = "User-agent: *
Disallow: /api/
Disallow: /account
Disallow: /book/
Disallow: /bookings
Disallow: /dashboard
Disallow: /login
Disallow: /register
Disallow: /forgot
Disallow: /gift-cards
Disallow: /reset
Disallow: /verify
Disallow: /claim
Disallow: /staff/
Disallow: /sandbox/
Disallow: /mailbox
Disallow: /gallery
";

/// `GET /robots.txt`
pub(crate) async fn robots() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, DAY)], ROBOTS).into_response()
}

/// `GET /favicon.ico`: browsers that do not read the page's own link find the same picture.
pub(crate) async fn favicon() -> Response {
    ([(header::CACHE_CONTROL, DAY)], Redirect::to(&assets::links().icon)).into_response()
}
