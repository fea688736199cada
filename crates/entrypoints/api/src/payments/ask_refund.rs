//! `POST /api/bookings/{id}/refund-requests`

use accounts::Caller;
use axum::extract::State;
use axum::response::Response;
use database::Tx;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::BookingId;
use payments::PaidFor;
use serde::Deserialize;
use site::Services;
use workflows::WorkflowError;
use workflows::payment::{ask_refund, covers};

use super::refund_requests::RefundRequestView;

/// What to refund, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRequestInput {
    /// At most what was captured and not refunded, in the smallest unit of its currency.
    #[schema(minimum = 1)]
    pub(super) amount_minor: i64,
    /// For whoever decides about it, and whoever looks at the books later. The customer does not read it.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) reason: String,
}

/// Asks for a refund beyond what the policy of a cancelled or fulfilled booking gives. Nothing is paid until another one of our staff
/// approves it; then it goes back the way it came, at our cost.
#[utoipa::path(post, path = "/api/bookings/{id}/refund-requests", operation_id = "request_refund", tag = "payments",
    request_body = RefundRequestInput,
    params(("id" = BookingId, Path, description = "The booking"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 201, body = RefundRequestView, description = "Asked for"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`refund_too_large`, or `booking_state`: it is neither cancelled nor fulfilled")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    once: Once<RefundRequestInput>,
) -> Answer<Response> {
    ask(&site, &caller, id.into(), once).await
}

/// Records what is asked for, of a booking or a purchase.
pub(super) async fn ask(
    site: &Services,
    caller: &Caller,
    paid_for: PaidFor,
    once: Once<RefundRequestInput>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let asked = ask_and_cover(site, &mut tx, caller, paid_for, &once.input).await.map_err(Problem::from);
    once.finish(tx, site.clock.now(), StatusCode::CREATED, asked).await
}

async fn ask_and_cover(
    site: &Services,
    tx: &mut Tx,
    caller: &Caller,
    paid_for: PaidFor,
    input: &RefundRequestInput,
) -> Result<RefundRequestView, WorkflowError> {
    let request = ask_refund(site, tx, caller, paid_for, input.amount_minor, &input.reason).await?;
    let covers = covers(tx, std::slice::from_ref(&request), site.clock.now()).await?;
    let cover = covers.get(&request.id);
    Ok(RefundRequestView::from(request).with_cover(cover))
}
