//! `GET /api/bookings/{id}/calendar.ics`

use ::bookings::invitation;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use entry::{Answer, Path, Problem, ProblemDocument, SignedIn, Site};
use http::header;
use kernel::{BookingId, FaultKind};
use workflows::booking::load_visible;

/// The booking as a calendar file (RFC 5545); importing a newer one replaces the earlier one.
#[utoipa::path(get, path = "/api/bookings/{id}/calendar.ics", operation_id = "get_booking_calendar", tag = "bookings",
    params(("id" = BookingId, Path, description = "The booking")),
    responses((status = 200, description = "The file", body = String, content_type = "text/calendar"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "It takes no time on the calendar")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
) -> Answer<Response> {
    let mut connection = site.database.acquire().await?;
    let booking = load_visible(&mut connection, &caller, id).await?.booking;
    let cards = ::catalog::queries::cards(&mut connection, &[booking.celebrity]).await?;
    let stage_name = cards.first().map_or("", |card| card.stage_name.as_str());
    let page = site.settings.url(&site::links::booking(id));
    let file = invitation(&booking, stage_name, &page, site.clock.now()).ok_or_else(|| {
        Problem::new(FaultKind::Conflict, "no_time", "This booking takes no time on the calendar, so there is no file.")
    })?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}.ics\"", booking.reference)),
    ];
    Ok((headers, file).into_response())
}
