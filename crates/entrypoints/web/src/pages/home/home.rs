//! `GET /`: search first, then people who are free.

use serde::Serialize;

use crate::render::Page;
use crate::views::{LinkView, PosterView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Home {
    /// Three posters beside the headline.
    pub hero: Vec<PosterView>,
    pub weekend: Vec<PosterView>,
    /// How many are free this weekend, and where to see them all.
    pub weekend_all: LinkView,
    pub newest: Vec<PosterView>,
    pub categories: Vec<LinkView>,
    /// The earliest date the search takes: today.
    pub today: String,
}

impl Page for Home {
    const TEMPLATE: &'static str = "pages/home/home.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let full = Self {
            hero: samples::posters(6).split_off(3),
            weekend: samples::posters(4),
            weekend_all: LinkView { count: Some(64), ..samples::link("All", "/discover?available_on=2026-12-12") },
            newest: samples::posters(6).into_iter().rev().take(4).collect(),
            categories: categories(),
            today: "2026-12-02".to_owned(),
        };
        let empty = Self {
            hero: Vec::new(),
            weekend: Vec::new(),
            weekend_all: samples::link("All", "/discover"),
            newest: Vec::new(),
            categories: Vec::new(),
            today: "2026-12-02".to_owned(),
        };
        vec![("full", full), ("empty", empty)]
    }
}

fn categories() -> Vec<LinkView> {
    let names = [
        ("Actors", 24),
        ("Athletes", 19),
        ("Authors", 12),
        ("Chefs", 17),
        ("Comedians", 31),
        ("Creators", 22),
        ("Dancers", 9),
        ("Filmmakers", 11),
        ("Magicians", 8),
        ("Models", 10),
        ("Musicians", 38),
        ("Presenters", 14),
        ("Scientists", 13),
        ("Speakers", 12),
    ];
    names
        .into_iter()
        .map(|(name, count)| LinkView { count: Some(count), ..samples::link(name, "/categories/sample") })
        .collect()
}
