//! `GET /bookings`: all bookings of the person, newest first, made by them or with them.

use axum::extract::State;
use axum::response::Response;
use bookings::queries;
use entry::{Answer, Query, SignedIn, Site};
use kernel::{Cursor, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::booking::profiles_of;

use crate::kit::frame::Frame;
use crate::kit::render::Page;
use crate::views::booking::{self as booking_view, Side};
use crate::views::{BookingCard, LinkView, samples};
use site::links;

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub items: Vec<BookingCard>,
    pub next: Option<String>,
    /// Both lists, for those who book and are booked; empty for everybody else.
    pub sides: Vec<LinkView>,
}

/// Bookings on one page.
const COUNT: u16 = 20;

/// Which list, and where the page before ended.
#[derive(Debug, Deserialize)]
pub(crate) struct Turned {
    cursor: Option<String>,
    side: Option<String>,
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
    let talent = profiles_of(&mut connection, &caller, None).await?;
    // Whoever is booked comes for that; their own bookings are one step further.
    let is_talent = !talent.is_empty() && turned.side.as_deref() != Some("mine");
    let sides = if talent.is_empty() { Vec::new() } else { sides(is_talent) };
    let (of, side, address) = if is_talent {
        (queries::Side::Talent(talent), Side::Talent, format!("{}&", links::BOOKINGS_WITH_ME))
    } else {
        (queries::Side::Customer(caller.id), Side::Customer, format!("{}&", links::BOOKINGS_OF_MINE))
    };
    let found = queries::list(&mut connection, &of, None, &page).await?;
    let next = found.next_cursor.map(|cursor| format!("{address}cursor={}", cursor.as_str()));
    let items = booking_view::cards(&mut connection, &found.items, side, frame.yours(), site.clock.now()).await?;
    frame.answer(&List { items, next, sides })
}

fn sides(is_talent: bool) -> Vec<LinkView> {
    vec![
        LinkView { is_current: is_talent, ..LinkView::to("Booked with you", links::BOOKINGS_WITH_ME) },
        LinkView { is_current: !is_talent, ..LinkView::to("Booked by you", links::BOOKINGS_OF_MINE) },
    ]
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
        let with_me = vec![samples::booked_by("Confirmed", "ok"), samples::booked_by("Completed", "still")];
        vec![
            ("full", Self { items, next: Some("?cursor=abc".to_owned()), sides: Vec::new() }),
            ("empty", Self { items: Vec::new(), next: None, sides: Vec::new() }),
            ("talent", Self { items: with_me, next: None, sides: sides(true) }),
        ]
    }
}
