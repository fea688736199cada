//! `GET /api/celebrities/{celebrity}/offerings`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use database::Connection;
use entry::{Answer, Path, Site};
use http::header;
use kernel::{CelebrityId, Cursor, Instant};
use serde::Serialize;

use super::views::OfferingView;
use crate::input;

/// Everything a celebrity offers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OfferingsView {
    items: Vec<OfferingView>,
    /// Always null: a celebrity has few offerings.
    next_cursor: Option<Cursor>,
}

/// What a celebrity offers, with whole prices.
#[utoipa::path(get, path = "/api/celebrities/{celebrity}/offerings", operation_id = "list_offerings", tag = "catalog",
    params(("celebrity" = String, Path, description = "Slug or id")),
    responses((status = 200, body = OfferingsView)))]
pub(super) async fn handle(State(site): State<Site>, Path(name): Path<String>) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let celebrity = ::catalog::queries::celebrity(&mut connection, &input::name(name)?).await?;
    let items = offered(&mut connection, celebrity.card.id, site.clock.now()).await?;
    Ok(([(header::CACHE_CONTROL, "public, max-age=5")], axum::Json(OfferingsView { items, next_cursor: None }))
        .into_response())
}

/// The offerings with the fees of the day.
pub(super) async fn offered(connection: &mut Connection, id: CelebrityId, now: Instant) -> Answer<Vec<OfferingView>> {
    let offerings = ::catalog::queries::offerings(connection, id).await?;
    let fees = overviews::price::schedules(connection, now.date_naive()).await?;
    Ok(offerings.into_iter().filter_map(|offering| OfferingView::new(offering, &fees)).collect())
}
