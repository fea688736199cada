//! `GET /api/gift-cards`, one of them, and its history.

use ::gift_cards::queries::{self, CardsOf, HistoryPart};
use axum::extract::State;
use entry::{Answer, Json, Path, Query, SignedIn, Site};
use kernel::{GiftCardId, Page};
use serde::Deserialize;
use workflows::gift_card;

use super::views::{CardEntryView, GiftCardView};
use crate::input;

/// Which part of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    pub cursor: Option<String>,
}

/// The cards that you have claimed or were given, newest first; emptied ones too.
#[utoipa::path(get, path = "/api/gift-cards", operation_id = "list_gift_cards", tag = "gift cards",
    params(PageQuery), responses((status = 200, body = Page<GiftCardView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<GiftCardView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let cards = queries::cards(&mut *site.database.acquire().await?, CardsOf::Holder(caller.id), &page).await?;
    let now = site.clock.now();
    Ok(Json(cards.map(|seen| GiftCardView::seen(seen, now))))
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

/// The steps of a card with the balance after each, oldest first.
#[utoipa::path(get, path = "/api/gift-cards/{id}/history", operation_id = "get_gift_card_history", tag = "gift cards",
    params(("id" = GiftCardId, Path, description = "The card"), PageQuery),
    responses((status = 200, body = Page<CardEntryView>)))]
pub(super) async fn history(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<CardEntryView>>> {
    let part = HistoryPart::of(&input::page(query.limit, query.cursor)?)?;
    let mut connection = site.database.acquire().await?;
    let card = gift_card::load_visible(&mut connection, &caller, id).await?;
    let entries = queries::history(&mut connection, &card.seen.card, part).await?;
    Ok(Json(entries.map(CardEntryView::from)))
}
