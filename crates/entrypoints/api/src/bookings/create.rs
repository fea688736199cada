//! `POST /api/bookings`

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use entry::{Answer, Once, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{Instant, OfferingId};
use serde::Deserialize;
use workflows::AnswerTemplate;
use workflows::booking::{PlaceBooking, Placed, place};

use super::views::BookingView;

/// What to book.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingInput {
    offering_id: OfferingId,
    /// One of the free times; left out for what takes no time on the calendar.
    starts_at: Option<DateTime<Utc>>,
    /// The customer's time zone, an IANA name; that of their account if left out.
    time_zone: Option<String>,
    /// What it is for, in the customer's words.
    #[schema(min_length = 10, max_length = 2000)]
    brief: String,
}

/// Places a booking and holds its time for payment. If somebody else has the time, the answer is `slot_taken` with `alternatives`.
#[utoipa::path(post, path = "/api/bookings", operation_id = "place_booking", tag = "bookings", request_body = BookingInput,
    params(("Idempotency-Key" = String, Header, description = "A fresh value for each new booking")),
    responses((status = 201, body = BookingView, description = "Placed, and the time held"),
        (status = 404, body = ProblemDocument, content_type = "application/problem+json", description = "There is no such offering"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "`slot_taken` with `alternatives`, `too_many_unpaid` (five bookings wait for this customer's payment, unless the operator set another number), or `own_profile`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    once: Once<BookingInput>,
) -> Answer<Response> {
    let input = &once.input;
    let order = PlaceBooking {
        offering: input.offering_id,
        starts_at: input.starts_at,
        time_zone: input.time_zone.clone(),
        brief: input.brief.clone(),
    };
    let template = AnswerTemplate { attempt: once.attempt.clone(), status: StatusCode::CREATED.as_u16(), body };
    let placed = place(&site, &caller, order, template).await;
    once.answer(&site.database, StatusCode::CREATED, placed.map_err(Problem::from)).await
}

fn body(placed: Placed, now: Instant) -> Vec<u8> {
    serde_json::to_vec(&BookingView::placed(placed, now)).expect("answers are plain data")
}
