//! Serves the files of the built front end, compressed as the browser accepts.

use axum::response::{IntoResponse, Response};
use entry::{Answer, Path, Problem};
use http::{HeaderMap, HeaderValue, header};

use super::Dist;

/// `GET /assets/{*file}`: names carry a hash of the content, so they may be kept forever.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (file, encoding) = find(&name, accepted).ok_or_else(Problem::not_found)?;
    let mut response = file.data.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&name)));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

/// The smallest stored encoding of a file that the browser accepts.
fn find(name: &str, accepted: &str) -> Option<(rust_embed::EmbeddedFile, Option<&'static str>)> {
    if name == "manifest.json" || name.ends_with(".br") || name.ends_with(".gz") {
        return None;
    }
    let packed = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(encoding, ending)| {
        let takes = accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == encoding));
        if takes { Dist::get(&format!("{name}{ending}")).map(|file| (file, Some(encoding))) } else { None }
    });
    packed.or_else(|| Dist::get(name).map(|file| (file, None)))
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
