//! `GET /portraits/{id}`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Answer, Path, Site};
use http::header;
use kernel::PortraitId;

/// The image of a portrait, cached for ever: the id never gets another image. Sandboxed by its CSP, because an SVG can have scripts.
pub(super) async fn handle(State(site): State<Site>, Path(id): Path<PortraitId>) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let portrait = ::catalog::queries::portrait(&mut connection, id).await?;
    let headers = [
        (header::CONTENT_TYPE, portrait.content_type.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, portrait.bytes).into_response())
}
