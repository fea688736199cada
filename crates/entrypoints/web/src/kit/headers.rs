//! Security headers of pages: a page may load our own files and send forms to us, and nothing else.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use entry::Site;
use http::{HeaderName, HeaderValue, header};

/// Scripts and styles come from our files only: an injected inline one does not run.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types stagedoor";

const PERMISSIONS_POLICY: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()";

/// The middleware that adds these headers to every page.
pub(crate) async fn protect(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    entry::protect(headers, &site.settings);
    entry::protect_document(headers);
    let of_pages = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (HeaderName::from_static("permissions-policy"), PERMISSIONS_POLICY),
        (HeaderName::from_static("x-dns-prefetch-control"), "off"),
        (HeaderName::from_static("x-xss-protection"), "0"),
    ];
    for (name, value) in of_pages {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
