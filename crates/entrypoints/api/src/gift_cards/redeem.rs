//! `POST /api/gift-cards/{id}/redemptions`

use ::gift_cards::GiftCard;
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{GiftCardId, Instant};
use serde::Deserialize;
use workflows::{AnswerTemplate, gift_card};

use super::views::GiftCardView;

/// How much.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionInput {
    /// In the smallest unit of the card's currency.
    #[schema(minimum = 1)]
    amount_minor: i64,
}

/// Turns value of your card into your credit, which has no last day. The answer is the card with what is left on it.
#[utoipa::path(post, path = "/api/gift-cards/{id}/redemptions", operation_id = "redeem_gift_card", tag = "gift cards",
    request_body = RedemptionInput,
    params(("id" = GiftCardId, Path, description = "The card"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = GiftCardView, description = "Redeemed"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`not_enough`, `card_frozen`, `card_expired`, `card_offered`, `card_void` or `not_redeemable`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    once: Once<RedemptionInput>,
) -> Answer<Response> {
    let template = AnswerTemplate { attempt: once.attempt.clone(), status: StatusCode::CREATED.as_u16(), body };
    let redeemed = gift_card::redeem(&site, &caller, id, once.input.amount_minor, template).await;
    once.answer(&site.database, StatusCode::CREATED, redeemed.map_err(Problem::from)).await
}

fn body(card: GiftCard, now: Instant) -> Vec<u8> {
    serde_json::to_vec(&GiftCardView::of(card, now)).expect("answers are plain data")
}
