//! `GET /api/bookings/{id}/cancellation-preview` and `POST /api/bookings/{id}/cancellation`

use ::bookings::CancellationRefund;
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Json, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::BookingId;
use serde::Deserialize;
use workflows::booking::{cancel as call_off, load_visible, preview_cancellation};

use super::views::{self, BookingView};

/// The refund that was shown.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationInput {
    /// `total.amount_minor` of the preview. If the refund has changed since, nothing is cancelled.
    expected_refund_minor: i64,
}

/// The refund if the caller cancelled now.
#[utoipa::path(get, path = "/api/bookings/{id}/cancellation-preview", operation_id = "preview_cancellation", tag = "bookings",
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, body = CancellationRefund),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
        description = "It cannot be cancelled any more")))]
pub(super) async fn preview(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Json<CancellationRefund>> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, &caller, id).await?;
    Ok(Json(preview_cancellation(&seen, &caller, site.clock.now())?))
}

/// Cancels the booking and refunds what the policy says.
#[utoipa::path(post, path = "/api/bookings/{id}/cancellation", operation_id = "cancel_booking", tag = "bookings",
    request_body = CancellationInput,
    params(("id" = BookingId, Path, description = "The booking"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = BookingView, description = "Cancelled"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
        description = "`refund_changed`, or it cannot be cancelled any more")))]
pub(super) async fn cancel(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    once: Once<CancellationInput>,
) -> Answer<Response> {
    let mut tx = site.database.begin().await?;
    let outcome = call_off(&site, &mut tx, &caller, id, once.input.expected_refund_minor).await;
    let view = match outcome {
        Ok((booking, side)) => views::one(&mut tx, booking, side, site.clock.now()).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, site.clock.now(), StatusCode::OK, view).await
}
