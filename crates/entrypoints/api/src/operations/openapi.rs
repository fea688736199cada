//! `GET /api/openapi.json`

use axum::response::{IntoResponse, Response};
use http::header;

/// The API as an OpenAPI 3.1 document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations",
    responses((status = 200, description = "The document", content_type = "application/json")))]
pub(super) async fn openapi(text: fn() -> &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text()).into_response()
}
