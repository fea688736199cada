//! `POST /api/gift-card-orders/{id}/refund-requests`

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, ProblemDocument, SignedIn, Site};
use kernel::GiftCardOrderId;

use super::ask_refund::{RefundRequestInput, ask};
use super::refund_requests::RefundRequestView;

/// Asks for a refund of a paid gift card that its buyer cannot return, because it was claimed or used. Nothing is paid until another one
/// of our staff approves it; then it goes back the way it came. What is unspent and still the buyer's is taken off cards and off the
/// credit that they became, and the rest is at our cost: `cover` says how much is where.
#[utoipa::path(post, path = "/api/gift-card-orders/{id}/refund-requests", operation_id = "request_gift_card_refund", tag = "payments",
    request_body = RefundRequestInput,
    params(("id" = GiftCardOrderId, Path, description = "The purchase"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = RefundRequestView, description = "Asked for"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`refund_too_large`, also where it is not paid or was returned, or `own_case`: it is about one's own payment")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<GiftCardOrderId>,
    once: Once<RefundRequestInput>,
) -> Answer<Response> {
    ask(&site, &caller, id.into(), once).await
}
