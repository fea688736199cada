//! `GET /api/celebrities/{celebrity}/reviews`

use ::catalog::Review;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Answer, Path, Query, Site};
use http::header;
use kernel::Page;
use serde::Deserialize;

use crate::input;

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReviewsQuery {
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// What customers said, newest first.
#[utoipa::path(get, path = "/api/celebrities/{celebrity}/reviews", operation_id = "list_reviews", tag = "catalog",
    params(("celebrity" = String, Path, description = "Slug or id"), ReviewsQuery), responses((status = 200, body = Page<Review>)))]
pub(super) async fn handle(
    State(site): State<Site>,
    Path(name): Path<String>,
    Query(query): Query<ReviewsQuery>,
) -> Answer<Response> {
    let page = input::page(query.limit, query.cursor)?;
    let mut connection = site.database.acquire().await?;
    let celebrity = ::catalog::queries::celebrity(&mut connection, &input::name(name)?).await?;
    let reviews = ::catalog::queries::reviews(&mut connection, celebrity.card.id, &page).await?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=5")], axum::Json(reviews)).into_response())
}
