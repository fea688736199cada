//! Reads what lists of bookings need from other domains: the celebrities' cards and the customers' names.

use std::collections::HashMap;

use bookings::Booking;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use database::Connection;
use entry::Answer;
use kernel::{CelebrityId, PersonId};

use crate::views::{BookingCard, BookingPresenter, Viewer};

/// Bookings as a list shows them to one side, in their order.
pub(crate) async fn cards(
    connection: &mut Connection,
    bookings: &[Booking],
    viewer: Viewer,
    yours: Tz,
    now: DateTime<Utc>,
) -> Answer<Vec<BookingCard>> {
    let ids: Vec<CelebrityId> = bookings.iter().map(|booking| booking.celebrity).collect();
    let known = catalog::queries::cards(&mut *connection, &ids).await?;
    let customers = if viewer == Viewer::Customer { HashMap::new() } else { names(connection, bookings).await? };
    let card = |booking: &Booking| {
        let card = known.iter().find(|card| card.id == booking.celebrity);
        let customer = customers.get(&booking.customer).filter(|_| booking.names_customer()).map(String::as_str);
        BookingPresenter { booking, card, viewer, customer, yours, now }.card()
    };
    Ok(bookings.iter().map(card).collect())
}

/// The customer's name; not for the customer themselves.
pub(crate) async fn customer(connection: &mut Connection, booking: &Booking, viewer: Viewer) -> Answer<Option<String>> {
    if viewer == Viewer::Customer || !booking.names_customer() {
        return Ok(None);
    }
    Ok(names(connection, std::slice::from_ref(booking)).await?.remove(&booking.customer))
}

/// The customers' display names.
async fn names(connection: &mut Connection, bookings: &[Booking]) -> Answer<HashMap<PersonId, String>> {
    let ids: Vec<PersonId> = bookings.iter().map(|booking| booking.customer).collect();
    Ok(accounts::queries::display_names(connection, &ids).await?)
}
