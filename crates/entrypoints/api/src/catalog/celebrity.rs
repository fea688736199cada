//! `GET /api/celebrities/{celebrity}`

use axum::extract::Request;
use axum::response::Response;
use entry::{Answer, Path, Site};

use super::cache::ReadyAnswers;
use super::offerings;
use super::views::CelebrityView;
use crate::input;

/// One profile with what is on offer, by slug or id.
#[utoipa::path(get, path = "/api/celebrities/{celebrity}", operation_id = "get_celebrity", tag = "catalog",
    params(("celebrity" = String, Path, description = "Slug or id")),
    responses((status = 200, body = CelebrityView)))]
pub(super) async fn handle(site: Site, ready: &ReadyAnswers, request: Request) -> Answer<Response> {
    let (mut parts, _) = request.into_parts();
    let headers = std::mem::take(&mut parts.headers);
    let address = parts.uri.path().to_owned();
    let make = move || async move {
        let Path(name) = input::extract::<Path<String>>(&mut parts).await?;
        let mut connection = site.database.acquire().await?;
        let celebrity = ::catalog::queries::celebrity(&mut connection, &input::name(name)?).await?;
        let offered = offerings::offered(&mut connection, celebrity.card.id, site.clock.now()).await?;
        Ok(CelebrityView::new(celebrity, offered))
    };
    ready.answer(&headers, &address, make).await
}
