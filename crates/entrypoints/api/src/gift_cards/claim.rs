//! `POST /api/gift-cards/claims`

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::Secret;
use serde::Deserialize;
use workflows::gift_card;

use super::views::GiftCardView;

/// A code.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimInput {
    /// As it stands on the card, or the link that was mailed; spaces, punctuation and letter case do not matter.
    #[schema(value_type = String, min_length = 20, max_length = 400)]
    pub(super) code: Secret<String>,
}

/// Takes the card that a code opens: it is yours from then on, and the code opens nothing any more. Claiming again what is
/// yours changes nothing and answers the card. Codes that never were, that somebody else has claimed, that are empty and that have
/// expired are answered alike.
#[utoipa::path(post, path = "/api/gift-cards/claims", operation_id = "claim_gift_card", tag = "gift cards", request_body = ClaimInput,
    params(("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = GiftCardView, description = "The card, now yours"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json", description = "`code_opens_nothing`"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`own_batch`: whoever issued a card cannot claim it")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    once: Once<ClaimInput>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let claimed = gift_card::claim(&site, &mut tx, &caller, once.input.code.expose()).await;
    let answer = match claimed {
        Ok(card) => GiftCardView::load(&mut tx, card.id, now).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, now, StatusCode::CREATED, answer).await
}
