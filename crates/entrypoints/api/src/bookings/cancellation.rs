//! `GET /api/bookings/{id}/cancellation-preview` and `POST /api/bookings/{id}/cancellation`

use ::bookings::CancellationRefund;
use ::payments::{PaymentMethod, RefundChoice};
use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Json, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, GiftCardId, Money};
use serde::{Deserialize, Serialize};
use workflows::booking::{cancel as call_off, load_visible, preview_cancellation, refund_parts_for};
use workflows::payment::{RefundPart, RefundWay};

use super::views::{self, BookingView};

/// The refund that was shown.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancellationInput {
    /// `total.amount_minor` of the preview. If the refund has changed since, nothing is cancelled.
    expected_refund_minor: i64,
    /// Where it goes; the customer alone may choose `credit`.
    #[serde(default)]
    refund_to: RefundChoice,
}

/// What a cancellation would pay back, and where that goes.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct CancellationView {
    #[serde(flatten)]
    refund: CancellationRefund,
    /// Where each part goes, in the order in which they go back. Shown to the customer and to staff.
    parts: Vec<RefundPartView>,
    /// The same if the customer keeps it as credit, as far as that is possible: what a bank card paid, and bought gift cards that work and
    /// are theirs. Credit pays for bookings and is not paid out. Null for others, and where nothing of it can become credit.
    parts_as_credit: Option<Vec<RefundPartView>>,
}

/// A part of a refund.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RefundPartView {
    /// What it was paid with.
    method: PaymentMethod,
    amount: Money,
    goes_to: RefundGoal,
    /// The gift card that it goes to.
    gift_card_id: Option<GiftCardId>,
}

/// Where a part of a refund goes.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundGoal {
    /// The way it came.
    AsPaid,
    Credit,
    GiftCard,
    /// A new gift card of the payer's, because the one that paid has ended or belongs to somebody else.
    NewGiftCard,
    /// Nowhere: promotional value whose last day is over.
    Ended,
    /// Nowhere: the customer has it already from their bank, which took the payment back.
    ByBank,
}

impl From<RefundPart> for RefundPartView {
    fn from(RefundPart { method, amount, way, .. }: RefundPart) -> Self {
        let (goes_to, gift_card_id) = match way {
            RefundWay::AsPaid => (RefundGoal::AsPaid, None),
            RefundWay::Credit | RefundWay::Kept => (RefundGoal::Credit, None),
            RefundWay::GiftCard { id, .. } => (RefundGoal::GiftCard, Some(id)),
            RefundWay::NewGiftCard => (RefundGoal::NewGiftCard, None),
            RefundWay::Ended => (RefundGoal::Ended, None),
            RefundWay::ByBank => (RefundGoal::ByBank, None),
        };
        Self { method, amount, goes_to, gift_card_id }
    }
}

/// The refund if the caller cancelled now.
#[utoipa::path(get, path = "/api/bookings/{id}/cancellation-preview", operation_id = "preview_cancellation", tag = "bookings",
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, body = CancellationView),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
        description = "It cannot be cancelled any more")))]
pub(super) async fn preview(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Json<CancellationView>> {
    let mut connection = site.database.acquire().await?;
    let seen = load_visible(&mut connection, &caller, id).await?;
    let now = site.clock.now();
    let refund = preview_cancellation(&seen, &caller, now)?;
    let shown = refund_parts_for(&mut connection, &seen, refund.total, now).await?;
    let views = |parts: Vec<RefundPart>| parts.into_iter().map(RefundPartView::from).collect();
    Ok(Json(CancellationView { refund, parts: views(shown.as_paid), parts_as_credit: shown.as_credit.map(views) }))
}

/// Cancels the booking and refunds what the policy says, the way it came or as credit.
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
    let CancellationInput { expected_refund_minor, refund_to } = once.input;
    let outcome = call_off(&site, &mut tx, &caller, id, expected_refund_minor, refund_to).await;
    let view = match outcome {
        Ok((booking, side)) => views::one(&mut tx, booking, side, site.clock.now()).await,
        Err(error) => Err(Problem::from(error)),
    };
    once.finish(tx, site.clock.now(), StatusCode::OK, view).await
}
