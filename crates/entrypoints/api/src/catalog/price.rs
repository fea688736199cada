//! `GET /api/offerings/{id}/price`

use axum::extract::State;
use entry::{Answer, Path, Site};
use kernel::OfferingId;
use overviews::price::PriceTotal;

/// The total with fees as of today.
#[utoipa::path(get, path = "/api/offerings/{id}/price", operation_id = "get_price", tag = "catalog", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, body = PriceTotal)))]
pub(super) async fn handle(State(site): State<Site>, Path(id): Path<OfferingId>) -> Answer<axum::Json<PriceTotal>> {
    let mut connection = site.database.acquire().await?;
    let today = site.clock.now().date_naive();
    Ok(axum::Json(overviews::price::total(&mut connection, id, today).await?))
}
