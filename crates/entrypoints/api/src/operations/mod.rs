//! The API's description of itself.

mod docs;

use access::table::operations as table;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Routes, Site};
use http::header;
use serde_json::Value;

/// The routes of this area, which show the document of all areas.
pub fn routes(routes: Routes, text: fn() -> &'static str, document: fn() -> Value) -> Routes {
    routes
        .on(&table::OPENAPI, move || openapi(text))
        .on(&table::DOCS, move |site: State<Site>| docs::handle(site, document))
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi, docs::handle))]
pub struct OperationsDoc;

/// The API as an OpenAPI 3.1 document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations",
    responses((status = 200, description = "The document", content_type = "application/json")))]
async fn openapi(text: fn() -> &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text()).into_response()
}
