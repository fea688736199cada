//! `GET /api/openapi.json`

use std::sync::OnceLock;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::Site;
use http::header;
use serde_json::Value;

/// The API as an OpenAPI 3.1 document.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "get_api_document", tag = "operations",
    responses((status = 200, description = "The document", content_type = "application/json")))]
pub(super) async fn handle(State(site): State<Site>, document: fn(&str) -> Value) -> Response {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document(&site.settings.public_url).to_string());
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text.as_str()).into_response()
}
