//! The OpenAPI document and its page.

mod docs;
mod openapi;

use access::table::operations as table;
use axum::extract::State;
use entry::{Routes, Site};
use serde_json::Value;

/// The routes of this area, which show the document of all areas.
pub fn routes(routes: Routes, document: fn(&str) -> Value) -> Routes {
    routes
        .on(&table::OPENAPI, move |site: State<Site>| openapi::handle(site, document))
        .on(&table::DOCS, move |site: State<Site>| docs::handle(site, document))
}

/// What this area adds to the OpenAPI document.
#[derive(utoipa::OpenApi)]
#[openapi(paths(openapi::handle, docs::handle))]
pub struct OperationsDoc;
