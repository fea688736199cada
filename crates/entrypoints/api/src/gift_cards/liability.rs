//! `GET /api/gift-cards/liability`

use ::gift_cards::{CardKind, queries};
use axum::extract::State;
use entry::{Answer, Json, Site};
use kernel::Money;
use serde::Serialize;

/// What cards and credit hold.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct LiabilityView {
    /// One for each currency and kind of card.
    cards: Vec<CardLiabilityView>,
    /// One for each currency.
    credit: Vec<CreditLiabilityView>,
}

/// What cards of one kind hold in one currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CardLiabilityView {
    kind: CardKind,
    /// How many cards hold something.
    cards: i64,
    /// What may be spent.
    left: Money,
    /// What is set aside for payments under way.
    held: Money,
    /// What was never spent and has expired: breakage of cards that were bought, and back to what it cost us of others.
    expired: Money,
}

/// The credit of everybody in one currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CreditLiabilityView {
    left: Money,
    held: Money,
}

/// What all gift cards and all credit hold, which somebody may still spend.
#[utoipa::path(get, path = "/api/gift-cards/liability", operation_id = "get_gift_card_liability", tag = "gift cards",
    responses((status = 200, body = LiabilityView)))]
pub(super) async fn show(State(site): State<Site>) -> Answer<Json<LiabilityView>> {
    let mut connection = site.database.acquire().await?;
    let cards = queries::liability(&mut connection).await?.into_iter().map(|one| CardLiabilityView {
        kind: one.kind,
        cards: one.cards,
        left: one.left,
        held: one.held,
        expired: one.expired,
    });
    let cards = cards.collect();
    let credit = queries::credit_liability(&mut connection).await?.into_iter();
    let credit = credit.map(|one| CreditLiabilityView { left: one.left, held: one.held }).collect();
    Ok(Json(LiabilityView { cards, credit }))
}
