//! `POST /api/gift-cards/{id}/freeze` and `…/unfreeze`

use axum::extract::State;
use entry::{Answer, Json, Path, ProblemDocument, SignedIn, Site};
use kernel::GiftCardId;
use serde::Deserialize;
use workflows::gift_card::{self, CardStop};

use super::views::GiftCardView;

/// Why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StopInput {
    /// It stands in the card's history, where its owner reads it.
    #[schema(min_length = 1, max_length = 200)]
    pub reason: String,
}

/// Stops a card: nobody can spend, claim or give it until it goes on. Its value stays on it,
/// and what is set aside for a payment stays good; its last day does not move.
#[utoipa::path(post, path = "/api/gift-cards/{id}/freeze", operation_id = "freeze_gift_card", tag = "gift cards", request_body = StopInput,
    params(("id" = GiftCardId, Path, description = "The card")),
    responses((status = 200, body = GiftCardView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`card_frozen`, `card_expired` or `card_void`")))]
pub(super) async fn freeze(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Json(input): Json<StopInput>,
) -> Answer<Json<GiftCardView>> {
    stop(&site, &caller, id, CardStop::Freeze, input).await
}

/// Lets a stopped card go on.
#[utoipa::path(post, path = "/api/gift-cards/{id}/unfreeze", operation_id = "unfreeze_gift_card", tag = "gift cards",
    request_body = StopInput,
    params(("id" = GiftCardId, Path, description = "The card")),
    responses((status = 200, body = GiftCardView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", 
            description = "`already_done`, or `own_case`: the caller has, bought, sent or issued it")))]
pub(super) async fn unfreeze(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Json(input): Json<StopInput>,
) -> Answer<Json<GiftCardView>> {
    stop(&site, &caller, id, CardStop::Unfreeze, input).await
}

async fn stop(
    site: &Site,
    caller: &accounts::Caller,
    id: GiftCardId,
    stop: CardStop,
    StopInput { reason }: StopInput,
) -> Answer<Json<GiftCardView>> {
    let mut tx = site.database.begin().await?;
    gift_card::stop_card(site, &mut tx, caller, id, stop, reason).await?;
    let view = GiftCardView::load(&mut tx, id, site.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(view))
}
