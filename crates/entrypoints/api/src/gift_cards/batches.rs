//! `POST /api/gift-cards/batches`

use ::gift_cards::{CardKind, GiftCardsError, LastDay, NewBatch};
use axum::extract::State;
use chrono::NaiveDate;
use chrono_tz::Tz;
use entry::{Answer, Json, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{Currency, Dated, FieldFault, GiftCardBatchId, GiftCardId, Money};
use serde::{Deserialize, Serialize};
use workflows::gift_card;

/// Cards to issue.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchInput {
    /// What you call it. No two batches have the same name, so that a retry issues no second one.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// `promotional`, `loyalty` or `goodwill`; cards of the other kind are bought.
    kind: CardKind,
    #[schema(minimum = 1, maximum = 2000)]
    cards: u16,
    /// Of each card, in the smallest unit of `currency`.
    #[schema(minimum = 1)]
    value_minor: i64,
    currency: Currency,
    /// The last day that the cards work, to its end in `time_zone`; without one they have no end.
    #[schema(value_type = Option<NaiveDate>)]
    last_day: Option<Dated<NaiveDate>>,
    /// UTC if left out.
    #[schema(value_type = Option<String>)]
    time_zone: Option<Tz>,
    /// Why, for whoever looks at the books later.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Cards that were just issued.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IssuedBatchView {
    id: GiftCardBatchId,
    cards: Vec<IssuedCardView>,
}

/// A card with its code.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IssuedCardView {
    id: GiftCardId,
    /// It is shown only now, and opens the card to whoever has it.
    code: String,
}

/// Issues cards together. Their codes are in this answer and nowhere else; one whose answer was lost is stopped by freezing its cards.
#[utoipa::path(post, path = "/api/gift-cards/batches", operation_id = "issue_gift_cards", tag = "gift cards", request_body = BatchInput,
    responses((status = 201, body = IssuedBatchView, description = "The cards with their codes"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "`batch_name_taken`")))]
pub(super) async fn issue(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<BatchInput>,
) -> Answer<(StatusCode, Json<IssuedBatchView>)> {
    let batch = batch(input)?;
    let mut tx = site.database.begin().await?;
    let (id, cards) = gift_card::issue_batch(&site, &mut tx, &caller, &batch).await?;
    tx.commit().await?;
    let card = |issued: ::gift_cards::IssuedCard| {
        let code = issued.code.map(|code| code.shown().expose().clone()).unwrap_or_default();
        IssuedCardView { id: issued.card.id, code }
    };
    Ok((StatusCode::CREATED, Json(IssuedBatchView { id, cards: cards.into_iter().map(card).collect() })))
}

fn batch(input: BatchInput) -> Result<NewBatch, GiftCardsError> {
    let zone = input.time_zone.unwrap_or(Tz::UTC);
    let last_day = input.last_day.map(|day| LastDay::new(day.get(), zone).ok_or_else(no_such_day)).transpose()?;
    Ok(NewBatch {
        name: input.name,
        kind: input.kind,
        cards: input.cards,
        value: Money::new(input.value_minor, input.currency),
        last_day,
        reason: input.reason,
    })
}

fn no_such_day() -> GiftCardsError {
    GiftCardsError::Fields(vec![FieldFault::new("last_day", "out_of_range", "Choose a day that clocks know.")])
}
