//! `GET /api/bookings`

use ::accounts::queries::Duty;
use ::bookings::queries;
use ::bookings::{Booking, Status};
use axum::extract::State;
use entry::{Answer, Json, Query, SignedIn, Site};
use kernel::Page;
use serde::Deserialize;
use workflows::booking::{BookingSide, profiles_of};

use super::views::{self, BookingView};
use crate::input;

/// Which bookings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BookingsQuery {
    /// Whose bookings: those the caller made, or those of the profiles they act for.
    side: Option<SideInput>,
    status: Option<Status>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// The caller's side.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SideInput {
    Customer,
    Talent,
}

/// The caller's bookings, newest first.
#[utoipa::path(get, path = "/api/bookings", operation_id = "list_bookings", tag = "bookings",
    params(BookingsQuery), responses((status = 200, body = Page<BookingView>)))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Query(query): Query<BookingsQuery>,
) -> Answer<Json<Page<BookingView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let mut connection = site.database.acquire().await?;
    let is_talent = matches!(query.side, Some(SideInput::Talent));
    let (whose, decides) = if is_talent {
        let seen = profiles_of(&mut connection, &caller, None).await?;
        (queries::BookingsOf::Talent(seen), profiles_of(&mut connection, &caller, Some(Duty::Sign)).await?)
    } else {
        (queries::BookingsOf::Customer(caller.id), Vec::new())
    };
    let found = queries::list(&mut connection, &whose, query.status, &page).await?;
    let side = |booking: &Booking| match is_talent {
        false => BookingSide::Customer,
        true if decides.contains(&booking.celebrity) => BookingSide::Talent,
        true => BookingSide::Agent { signs: false },
    };
    let bookings = found.items.into_iter().map(|booking| (side(&booking), booking)).map(|(side, one)| (one, side));
    let items = views::many(&mut connection, bookings.collect(), site.clock.now()).await?;
    Ok(Json(Page { items, next_cursor: found.next_cursor }))
}
