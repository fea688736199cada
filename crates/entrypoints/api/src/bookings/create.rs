//! `POST /api/bookings`

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Utc};
use entry::{Answer, Once, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::OfferingId;
use serde::Deserialize;
use workflows::booking::{PlaceBooking, place};

use super::views::BookingView;

/// What to book.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingInput {
    offering_id: OfferingId,
    /// One of the free times; left out for what takes no time on the calendar.
    starts_at: Option<DateTime<Utc>>,
    /// The customer's clock, an IANA name; the one of the account when left out.
    time_zone: Option<String>,
    /// What it is for, in the customer's words.
    #[schema(min_length = 10, max_length = 2000)]
    brief: String,
}

/// Places a booking and holds its time while it is paid. A time that somebody was faster to take answers `slot_taken` with `alternatives`.
#[utoipa::path(post, path = "/api/bookings", tag = "bookings", request_body = BookingInput,
    params(("Idempotency-Key" = String, Header, description = "A fresh value for each new booking")),
    responses((status = 201, body = BookingView, description = "Placed, and the time held"), (status = 404, body = ProblemDocument, content_type = "application/problem+json", description = "There is no such offering"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json", description = "`slot_taken` with `alternatives`, or `own_profile`")))]
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
    let mut tx = site.database.begin().await?;
    let placed = place(&site, &mut tx, &caller, order).await;
    let now = site.clock.now();
    let view = placed.map(|placed| BookingView::placed(placed, now)).map_err(Problem::from);
    once.finish(tx, now, StatusCode::CREATED, view).await
}
