//! `POST /api/gift-cards/{id}/transfers`

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::GiftCardId;
use serde::Deserialize;
use workflows::gift_card;

use super::views::TransferView;

/// Who gets a card.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferInput {
    /// They need no account yet.
    #[schema(max_length = 254)]
    email: String,
    /// Words that go with it, without links.
    #[schema(max_length = 300)]
    message: Option<String>,
}

/// Sends your card, with all that is left on it, to somebody by e-mail. The value goes to a new card whose code is in their mail alone;
/// until they claim it, you can take it back. Ten cards may be sent in a day. Promotional and loyalty cards stay with whoever got them.
#[utoipa::path(post, path = "/api/gift-cards/{id}/transfers", operation_id = "send_gift_card", tag = "gift cards",
    request_body = TransferInput,
    params(("id" = GiftCardId, Path, description = "The card"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = TransferView, description = "It is on its way"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`card_partly_held`, `card_empty`, `card_offered`, `card_frozen`, `card_expired`, `card_void` or `not_transferable`"),
        (status = 429, body = ProblemDocument, content_type = "application/problem+json", description = "`too_many_transfers`")))]
pub(super) async fn send(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardId>,
    once: Once<TransferInput>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let (email, message) = (&once.input.email, once.input.message.as_deref().unwrap_or_default());
    let sent = gift_card::send_card(&site, &mut tx, &caller, id, email, message).await;
    let answer = sent.map(|(_, transfer)| TransferView::from(transfer)).map_err(Into::into);
    once.finish(tx, now, StatusCode::CREATED, answer).await
}
