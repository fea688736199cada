//! `GET /api/gift-cards/batches`, and one of them

use ::gift_cards::queries;
use axum::extract::State;
use entry::{Answer, Json, Path, Query, Site};
use kernel::{GiftCardBatchId, Page};

use super::show::PageQuery;
use super::views::BatchView;
use crate::input;

/// Batches with what became of their cards, newest first. One whose codes were lost is found here by its name, and frozen.
#[utoipa::path(get, path = "/api/gift-cards/batches", operation_id = "list_gift_card_batches", tag = "gift cards",
    params(PageQuery), responses((status = 200, body = Page<BatchView>)))]
pub(super) async fn list(State(site): State<Site>, Query(query): Query<PageQuery>) -> Answer<Json<Page<BatchView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let batches = queries::batches(&mut *site.database.acquire().await?, &page).await?;
    Ok(Json(batches.map(BatchView::from)))
}

/// One batch.
#[utoipa::path(get, path = "/api/gift-card-batches/{id}", operation_id = "get_gift_card_batch", tag = "gift cards",
    params(("id" = GiftCardBatchId, Path, description = "The batch")), responses((status = 200, body = BatchView)))]
pub(super) async fn show(State(site): State<Site>, Path(id): Path<GiftCardBatchId>) -> Answer<Json<BatchView>> {
    let batch = queries::batch(&mut *site.database.acquire().await?, id).await?;
    Ok(Json(batch.into()))
}
