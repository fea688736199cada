//! `POST /api/gift-card-orders/{id}/deliveries`

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::GiftCardOrderId;
use serde::Deserialize;
use workflows::gift_card;

use super::order::OrderView;

/// Where to.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryInput {
    /// The recipient's address, which may be another than before.
    #[schema(max_length = 254)]
    email: String,
}

/// Mails the card of an order once more, with a new code, because the mail did not arrive. The code before opens nothing any more.
#[utoipa::path(post, path = "/api/gift-card-orders/{id}/deliveries", operation_id = "deliver_gift_card_again", tag = "gift cards",
    request_body = DeliveryInput,
    params(("id" = GiftCardOrderId, Path, description = "The order"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = OrderView, description = "The mail is on its way"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`card_not_offered`: it was not mailed yet, or somebody has claimed it; `card_frozen` or `card_expired`"),
        (status = 429, body = ProblemDocument, content_type = "application/problem+json", description = "`too_many_transfers`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    once: Once<DeliveryInput>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut tx = site.database.begin().await?;
    let delivered = gift_card::deliver_again(&site, &mut tx, &caller, id, &once.input.email).await;
    let view = match delivered {
        Ok(order) => OrderView::load(&mut tx, order).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, now, StatusCode::OK, view).await
}
