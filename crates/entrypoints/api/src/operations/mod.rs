//! The API's description of itself.

mod docs;

use access::table::operations as table;
use axum::response::{IntoResponse, Response};
use entry::Routes;
use http::header;

/// The routes of this area.
pub fn routes(routes: Routes) -> Routes {
    routes.on(&table::OPENAPI, openapi).on(&table::DOCS, docs::handle)
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi, docs::handle))]
pub struct Doc;

/// The API as an OpenAPI 3.1 document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operations", responses((status = 200, description = "The document", content_type = "application/json")))]
async fn openapi() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, crate::openapi::document_text()).into_response()
}
