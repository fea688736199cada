//! The OpenAPI document and its page.

mod docs;
mod openapi;

use access::table::operations as table;
use axum::extract::State;
use entry::{Routes, Site};
use serde_json::Value;

/// The routes of this area, which show the document of all areas.
pub fn routes(routes: Routes, text: fn() -> &'static str, document: fn() -> Value) -> Routes {
    routes
        .on(&table::OPENAPI, move || openapi::openapi(text))
        .on(&table::DOCS, move |site: State<Site>| docs::handle(site, document))
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi::openapi, docs::handle))]
pub struct OperationsDoc;
