//! `POST /api/refund-requests/{id}/approval` and `…/refusal`

use ::payments::RefundDecision;
use accounts::Caller;
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::RefundRequestId;
use serde::Deserialize;
use workflows::payment::decide_refund;

use super::refund_requests::RefundRequestView;

/// An empty object.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionInput {}

/// Approves a refund that somebody else of our staff asked for. It is owed from then on, and the customer is mailed.
#[utoipa::path(post, path = "/api/refund-requests/{id}/approval", operation_id = "approve_refund_request", tag = "payments",
    request_body = DecisionInput,
    params(("id" = RefundRequestId, Path, description = "The request"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = RefundRequestView, description = "Approved; the refund is on its way"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`own_request`, `already_decided`, or `refund_too_large`: too little is left by now")))]
pub(super) async fn approve(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<RefundRequestId>,
    once: Once<DecisionInput>,
) -> Answer<Response> {
    decide(&site, &caller, id, &once, RefundDecision::Approve).await
}

/// Declines a refund that was asked for. Whoever asked may withdraw the request in this way too.
#[utoipa::path(post, path = "/api/refund-requests/{id}/refusal", operation_id = "decline_refund_request", tag = "payments",
    request_body = DecisionInput,
    params(("id" = RefundRequestId, Path, description = "The request"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = RefundRequestView, description = "Declined"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "`already_decided`")))]
pub(super) async fn decline(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<RefundRequestId>,
    once: Once<DecisionInput>,
) -> Answer<Response> {
    decide(&site, &caller, id, &once, RefundDecision::Decline).await
}

async fn decide(
    site: &Site,
    caller: &Caller,
    id: RefundRequestId,
    once: &Once<DecisionInput>,
    decision: RefundDecision,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let decided = decide_refund(site, &mut tx, caller, id, decision).await;
    let view = decided.map(RefundRequestView::from).map_err(Problem::from);
    once.finish(tx, site.clock.now(), StatusCode::OK, view).await
}
