//! `GET` and `POST /api/calendars`, and what is done with one of them.

use ::catalog::CalendarFeed;
use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use http::StatusCode;
use kernel::{CalendarFeedId, CelebrityId, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Calendars elsewhere.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarsView {
    items: Vec<CalendarFeed>,
    /// Always null: a profile has few calendars.
    next_cursor: Option<String>,
}

/// A calendar to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarInput {
    celebrity_id: CelebrityId,
    /// What you call it.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The secret address in iCal format: `https://…` or `webcal://…`. It is not shown again.
    #[schema(value_type = String, max_length = 2000)]
    address: Secret<String>,
}

/// How to read it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReadingInput {
    /// It is right for this calendar to be empty, though it was not before.
    may_be_empty: bool,
}

/// The calendars elsewhere of every profile that the caller looks after. What they keep busy is not on offer.
#[utoipa::path(get, path = "/api/calendars", operation_id = "list_calendars", tag = "calendars",
    responses((status = 200, body = CalendarsView, description = "The calendars")))]
pub(super) async fn list(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<CalendarsView>> {
    let items = workflows::calendar::list(&site, &caller).await?;
    Ok(Json(CalendarsView { items, next_cursor: None }))
}

/// Adds a calendar to a profile that the caller looks after. It is read at once, and every quarter of an hour.
#[utoipa::path(post, path = "/api/calendars", operation_id = "add_calendar", tag = "calendars", request_body = CalendarInput,
    responses((status = 201, body = CalendarFeed, description = "Added"),
        (status = 404, body = entry::ProblemDocument, content_type = "application/problem+json", description = "No such profile of yours"),
        (status = 409, body = entry::ProblemDocument, content_type = "application/problem+json",
            description = "`calendar_known`, `too_many_calendars`")))]
pub(super) async fn add(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Json(input): Json<CalendarInput>,
) -> Answer<(StatusCode, Json<CalendarFeed>)> {
    let feed = workflows::calendar::add(&site, &caller, input.celebrity_id, input.name, &input.address).await?;
    Ok((StatusCode::CREATED, Json(feed)))
}

/// Removes a calendar; what it kept busy is on offer again.
#[utoipa::path(delete, path = "/api/calendars/{id}", operation_id = "remove_calendar", tag = "calendars",
    params(("id" = CalendarFeedId, Path, description = "The calendar")), responses((status = 204, description = "Removed")))]
pub(super) async fn remove(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<CalendarFeedId>,
) -> Answer<StatusCode> {
    workflows::calendar::remove(&site, &caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a calendar read now; the list says what came of it.
#[utoipa::path(post, path = "/api/calendars/{id}/reading", operation_id = "read_calendar", tag = "calendars",
    params(("id" = CalendarFeedId, Path, description = "The calendar")),
    request_body = ReadingInput, responses((status = 202, description = "It is being read")))]
pub(super) async fn read(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<CalendarFeedId>,
    Json(input): Json<ReadingInput>,
) -> Answer<StatusCode> {
    workflows::calendar::read_now(&site, &caller, id, input.may_be_empty).await?;
    Ok(StatusCode::ACCEPTED)
}
