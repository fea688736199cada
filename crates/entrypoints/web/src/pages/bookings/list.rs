//! `GET /bookings`: the person's bookings, newest first: those they made, or those made with them.

use axum::extract::State;
use axum::response::Response;
use bookings::queries;
use entry::{Answer, Query, SignedIn, Site};
use kernel::{Cursor, PageRequest};
use serde::{Deserialize, Serialize};
use workflows::booking::profiles_of;

use super::cards;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::{BookingCard, LinkView, Viewer, samples};
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
pub(crate) struct ListParams {
    cursor: Option<String>,
    side: Option<String>,
}

/// `GET /bookings`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    SignedIn(caller): SignedIn,
    Query(turned): Query<ListParams>,
) -> Answer<Response> {
    let page = PageRequest { limit: COUNT, cursor: turned.cursor.map(Cursor::from_text) };
    let mut connection = site.database.acquire().await?;
    let talent = profiles_of(&mut connection, &caller, None).await?;
    // Somebody who can be booked sees the bookings with them first; their own are on the other list.
    let is_talent = !talent.is_empty() && turned.side.as_deref() != Some("mine");
    let sides = if talent.is_empty() { Vec::new() } else { sides(is_talent) };
    let (of, viewer, address) = if is_talent {
        (queries::BookingsOf::Talent(talent), Viewer::Talent, format!("{}&", links::BOOKINGS_WITH_ME))
    } else {
        (queries::BookingsOf::Customer(caller.id), Viewer::Customer, format!("{}&", links::BOOKINGS_OF_MINE))
    };
    let found = queries::list(&mut connection, &of, None, &page).await?;
    let next = found.next_cursor.map(|cursor| format!("{address}cursor={}", cursor.as_str()));
    let items = cards::cards(&mut connection, &found.items, viewer, frame.yours(), site.clock.now()).await?;
    frame.answer(&List { items, next, sides })
}

fn sides(is_talent: bool) -> Vec<LinkView> {
    vec![
        LinkView { is_current: is_talent, ..LinkView::to("Booked with you", links::BOOKINGS_WITH_ME) },
        LinkView { is_current: !is_talent, ..LinkView::to("Booked by you", links::BOOKINGS_OF_MINE) },
    ]
}

impl Template for List {
    const TEMPLATE: &'static str = "pages/bookings/list.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let items = [samples::held(), samples::confirmed(), samples::cancelled(), samples::completed()];
        let items = items.iter().map(|booking| samples::presented(booking).sample_card()).collect();
        let with_me = [samples::confirmed(), samples::completed()];
        let with_me = with_me.iter().map(|booking| samples::seen_by_talent(booking).sample_card()).collect();
        vec![
            ("full", Self { items, next: Some("?cursor=abc".to_owned()), sides: Vec::new() }),
            ("empty", Self { items: Vec::new(), next: None, sides: Vec::new() }),
            ("talent", Self { items: with_me, next: None, sides: sides(true) }),
        ]
    }
}
