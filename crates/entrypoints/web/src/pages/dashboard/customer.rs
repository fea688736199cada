//! `GET /dashboard`: what needs the person now, and what is next.

use serde::Serialize;

use crate::render::Page;
use crate::views::{BookingCard, PosterView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Dashboard {
    /// `Good evening, Noor.`
    pub greeting: String,
    /// What only the person can move on, most urgent first.
    pub needs_me: Vec<BookingCard>,
    pub upcoming: Vec<BookingCard>,
    pub past_count: i64,
    /// Whether the address still has to be verified.
    pub verify_email: bool,
    /// Somebody to look at when nothing is going on.
    pub ideas: Vec<PosterView>,
    /// Bookings in which the person is on the talent's side.
    pub for_talent: Vec<BookingCard>,
}

impl Page for Dashboard {
    const TEMPLATE: &'static str = "pages/dashboard/customer.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let busy = Self {
            greeting: "Good evening, Noor.".to_owned(),
            needs_me: vec![samples::booking("Held for you", "wait", Some("Pay $1,155.00"))],
            upcoming: vec![samples::booking("Confirmed", "ok", None), samples::booking("Confirmed", "ok", None)],
            past_count: 3,
            verify_email: true,
            ideas: Vec::new(),
            for_talent: vec![samples::booking("Confirmed", "ok", None)],
        };
        let fresh = Self {
            greeting: "Good morning, Noor.".to_owned(),
            needs_me: Vec::new(),
            upcoming: Vec::new(),
            past_count: 0,
            verify_email: false,
            ideas: samples::posters(4),
            for_talent: Vec::new(),
        };
        vec![("busy", busy), ("fresh", fresh)]
    }
}
