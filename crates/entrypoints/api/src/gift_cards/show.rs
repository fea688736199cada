//! `GET /api/gift-cards`, one of them, and its history.

use ::gift_cards::queries;
use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use kernel::GiftCardId;
use workflows::gift_card;

use super::views::{CardEntryView, CardHistoryView, GiftCardView, GiftCardsView};

/// The cards that you have claimed or were given, newest first.
#[utoipa::path(get, path = "/api/gift-cards", operation_id = "list_gift_cards", tag = "gift cards",
    responses((status = 200, body = GiftCardsView, description = "Your cards, emptied ones too")))]
pub(super) async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<GiftCardsView>> {
    let cards = queries::cards_of(&mut *site.database.acquire().await?, caller.id).await?;
    let now = site.clock.now();
    let items = cards.into_iter().map(|seen| GiftCardView::seen(seen, now)).collect();
    Ok(Json(GiftCardsView { items, next_cursor: None }))
}

/// One card, for whoever has or bought it.
#[utoipa::path(get, path = "/api/gift-cards/{id}", operation_id = "get_gift_card", tag = "gift cards",
    params(("id" = GiftCardId, Path, description = "The card")),
    responses((status = 200, body = GiftCardView)))]
pub(super) async fn show(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
) -> Answer<Json<GiftCardView>> {
    let card = gift_card::load_visible(&mut *site.database.acquire().await?, &caller, id).await?;
    Ok(Json(GiftCardView::seen(card.seen, site.clock.now())))
}

/// Every step of a card with the balance after it.
#[utoipa::path(get, path = "/api/gift-cards/{id}/history", operation_id = "get_gift_card_history", tag = "gift cards",
    params(("id" = GiftCardId, Path, description = "The card")),
    responses((status = 200, body = CardHistoryView)))]
pub(super) async fn history(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
) -> Answer<Json<CardHistoryView>> {
    let mut connection = site.database.acquire().await?;
    let card = gift_card::load_visible(&mut connection, &caller, id).await?;
    let entries = queries::history(&mut connection, &card.seen.card).await?;
    Ok(Json(CardHistoryView { items: entries.into_iter().map(CardEntryView::from).collect(), next_cursor: None }))
}
