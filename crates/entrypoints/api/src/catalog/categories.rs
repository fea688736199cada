//! `GET /api/categories`

use axum::extract::Request;
use axum::response::Response;
use entry::{Answer, Site};
use kernel::Cursor;
use serde::Serialize;

use super::cache::ReadyAnswers;

/// Every category; there are too few for pages.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CategoriesView {
    items: Vec<::catalog::Category>,
    /// Always null.
    next_cursor: Option<Cursor>,
}

/// Every category with how many celebrities it has.
#[utoipa::path(get, path = "/api/categories", operation_id = "list_categories", tag = "catalog",
    responses((status = 200, body = CategoriesView)))]
pub(super) async fn handle(site: Site, ready: &ReadyAnswers, request: Request) -> Answer<Response> {
    let (parts, _) = request.into_parts();
    let make = || async {
        let mut connection = site.database.acquire().await?;
        Ok(CategoriesView { items: ::catalog::queries::categories(&mut connection).await?, next_cursor: None })
    };
    ready.answer(&parts.headers, parts.uri.path(), make).await
}
