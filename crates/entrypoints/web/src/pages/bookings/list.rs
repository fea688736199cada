//! `GET /bookings`: all bookings of the person, newest first.

use axum::extract::State;
use axum::response::Response;
use bookings::queries;
use entry::{Answer, Query, SignedIn, Site};
use kernel::{Cursor, PageRequest};
use serde::{Deserialize, Serialize};

use crate::booking_views::{self, Side};
use crate::frame::Frame;
use crate::links;
use crate::render::Page;
use crate::views::{BookingCard, samples};

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub items: Vec<BookingCard>,
    pub next: Option<String>,
}

/// Bookings on one page.
const COUNT: u16 = 20;

/// Where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Turned {
    cursor: Option<String>,
}

/// `GET /bookings`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(turned): Query<Turned>,
) -> Answer<Response> {
    let page = PageRequest { limit: COUNT, cursor: turned.cursor.map(Cursor::from_text) };
    let mut connection = site.database.acquire().await?;
    let found = queries::list(&mut connection, &queries::Side::Customer(caller.id), None, &page).await?;
    let next = found.next_cursor.map(|cursor| format!("{}?cursor={}", links::BOOKINGS, cursor.as_str()));
    let now = site.clock.now();
    let items = booking_views::cards(&mut connection, &found.items, Side::Customer, frame.yours(), now).await?;
    frame.answer(&List { items, next })
}

impl Page for List {
    const TEMPLATE: &'static str = "pages/bookings/list.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let items = vec![
            samples::booking("Held for you", "wait", Some("Pay $1,155.00")),
            samples::booking("Confirmed", "ok", None),
            samples::booking("Cancelled by you", "bad", None),
            samples::booking("Completed", "still", None),
        ];
        vec![
            ("full", Self { items, next: Some("?cursor=abc".to_owned()) }),
            ("empty", Self { items: Vec::new(), next: None }),
        ]
    }
}
