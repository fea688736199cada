//! `POST /api/gift-card-batches/{id}/freeze` and `…/unfreeze`

use ::gift_cards::queries;
use axum::extract::State;
use entry::{Answer, Json, Path, ProblemDocument, SignedIn, Site};
use kernel::GiftCardBatchId;
use workflows::gift_card::{self, CardStop};

use super::stop::StopInput;
use super::views::BatchView;

/// Stops every card of a batch that is not over, those that they were sent on as too. Sending it again stops what was claimed or sent
/// meanwhile. The reason stands in each card's history.
#[utoipa::path(post, path = "/api/gift-card-batches/{id}/freeze", operation_id = "freeze_gift_card_batch", tag = "gift cards",
    request_body = StopInput, params(("id" = GiftCardBatchId, Path, description = "The batch")),
    responses((status = 200, body = BatchView)))]
pub(super) async fn freeze(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardBatchId>,
    Json(input): Json<StopInput>,
) -> Answer<Json<BatchView>> {
    stop(&site, &caller, id, CardStop::Freeze, input).await
}

/// Lets every stopped card of a batch go on, also those that were stopped one by one; not for whoever issued it or has one of its cards.
#[utoipa::path(post, path = "/api/gift-card-batches/{id}/unfreeze", operation_id = "unfreeze_gift_card_batch", tag = "gift cards",
    request_body = StopInput, params(("id" = GiftCardBatchId, Path, description = "The batch")),
    responses((status = 200, body = BatchView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`own_case`: the caller issued it, or has, bought or sent one of its cards")))]
pub(super) async fn unfreeze(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardBatchId>,
    Json(input): Json<StopInput>,
) -> Answer<Json<BatchView>> {
    stop(&site, &caller, id, CardStop::Unfreeze, input).await
}

async fn stop(
    site: &Site,
    caller: &accounts::Caller,
    id: GiftCardBatchId,
    stop: CardStop,
    StopInput { reason }: StopInput,
) -> Answer<Json<BatchView>> {
    let mut tx = site.database.begin().await?;
    gift_card::stop_batch(site, &mut tx, caller, id, stop, reason).await?;
    let batch = queries::batch(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(batch.into()))
}
