//! `GET /bookings`: all bookings of the person, newest first.

use serde::Serialize;

use crate::render::Page;
use crate::views::{BookingCard, samples};

#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub items: Vec<BookingCard>,
    pub next: Option<String>,
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
