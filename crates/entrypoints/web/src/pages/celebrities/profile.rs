//! `GET /celebrities/{slug}`: who it is, what they offer, and when they are free.

use serde::Serialize;

use crate::render::Page;
use crate::views::{LinkView, MonthView, OfferingView, PosterView, ReviewView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    pub poster: PosterView,
    pub headline: String,
    /// Paragraphs.
    pub bio: Vec<String>,
    pub categories: Vec<LinkView>,
    pub facts: Vec<Fact>,
    pub offerings: Vec<OfferingView>,
    /// Free times of the chosen offering; none when it takes no time on the calendar.
    pub month: Option<MonthView>,
    pub chosen_title: String,
    /// `4.9 from 128 reviews`.
    pub rating_line: Option<String>,
    pub reviews: Vec<ReviewView>,
    pub more_reviews: Option<String>,
}

/// One verified fact.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub label: &'static str,
    pub value: String,
}

impl Profile {
    fn sample() -> Self {
        let review = |author: &str, rating, body: &str| ReviewView {
            author: author.to_owned(),
            rating,
            body: body.to_owned(),
            line: "Appearance · November 2026".to_owned(),
        };
        let fact = |label, value: &str| Fact { label, value: value.to_owned() };
        Self {
            poster: samples::posters(3).remove(2),
            headline: "Songs for rooms that are still being painted.".to_owned(),
            bio: vec![
                "Juno writes small songs for large feelings. Two albums, one of them recorded in a lighthouse."
                    .to_owned(),
                "She answers herself, usually before lunch, and brings her own guitar.".to_owned(),
            ],
            categories: vec![
                samples::link("Musicians", "/categories/musicians"),
                samples::link("Speakers", "/categories/speakers"),
            ],
            facts: vec![
                fact("Lives in", "Lisbon, Portugal"),
                fact("Speaks", "English, Portuguese"),
                fact("Usually answers", "within 3 hours"),
                fact("Booked", "212 times"),
                fact("Represented by", "Harbour Light"),
            ],
            offerings: (0..3).map(samples::offering).collect(),
            month: Some(samples::month(true)),
            chosen_title: "Two songs at your launch".to_owned(),
            rating_line: Some("4.9 from 128 reviews".to_owned()),
            reviews: vec![
                review("Lena R.", 5, "The room went quiet in the first line and stayed there."),
                review("Tomás", 4, "Late by ten minutes, and then worth every one of them."),
            ],
            more_reviews: Some("?reviews=abc#reviews".to_owned()),
        }
    }
}

impl Page for Profile {
    const TEMPLATE: &'static str = "pages/celebrities/profile.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let nothing_free = MonthView {
            days: samples::month(false)
                .days
                .into_iter()
                .map(|day| crate::views::DayView { href: None, ..day })
                .collect(),
            nearest: Some(samples::link("First free day: Tue 5 January", "?month=2027-01")),
            ..samples::month(false)
        };
        let new = Self {
            reviews: Vec::new(),
            rating_line: None,
            more_reviews: None,
            month: Some(nothing_free),
            ..Self::sample()
        };
        let retired = Self { offerings: Vec::new(), month: None, ..Self::sample() };
        vec![("full", Self::sample()), ("nothing-free", new), ("no-offerings", retired)]
    }
}
