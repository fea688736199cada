//! `GET /api/gift-cards/{id}/transfers/latest` and `POST …/return`

use ::gift_cards::{GiftCardsError, queries};
use axum::extract::State;
use entry::{Answer, Json, Path, ProblemDocument, SignedIn, Site};
use kernel::GiftCardId;
use workflows::gift_card::{self, CardSide};

use super::views::{GiftCardView, TransferView};

/// The latest time that you sent a card, and what became of it.
#[utoipa::path(get, path = "/api/gift-cards/{id}/transfers/latest", operation_id = "get_gift_card_transfer", tag = "gift cards",
    params(("id" = GiftCardId, Path, description = "The card that was sent")),
    responses((status = 200, body = TransferView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "`card_not_offered`")))]
pub(super) async fn show(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
) -> Answer<Json<TransferView>> {
    let mut connection = site.database.acquire().await?;
    let visible = gift_card::load_visible(&mut connection, &caller, id).await?;
    if visible.side == CardSide::Buyer {
        return Err(GiftCardsError::NotFound.into());
    }
    let sent = queries::last_sent(&mut connection, id).await?.ok_or(GiftCardsError::NotOffered)?;
    Ok(Json(sent.into()))
}

/// Takes a card back that you sent and nobody has claimed: the code in the mail opens nothing from then on, and the value is on your card
/// again.
#[utoipa::path(post, path = "/api/gift-cards/{id}/transfers/latest/return", operation_id = "take_gift_card_back", tag = "gift cards",
    params(("id" = GiftCardId, Path, description = "The card that was sent")),
    responses((status = 200, body = GiftCardView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`card_not_offered`, `card_frozen`, `card_expired` or `card_void`")))]
pub(super) async fn take_back(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
) -> Answer<Json<GiftCardView>> {
    let mut tx = site.database.begin().await?;
    gift_card::take_card_back(&site, &mut tx, &caller, id).await?;
    let view = GiftCardView::load(&mut tx, id, site.clock.now()).await?;
    tx.commit().await?;
    Ok(Json(view))
}
