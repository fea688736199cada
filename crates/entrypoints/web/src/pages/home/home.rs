//! `GET /`: search first, then people who are free.

use axum::extract::State;
use axum::response::Response;
use catalog::search::{self, FacetScope, Search, Sort};
use catalog::{Category, CelebrityCard, queries};
use chrono::{Datelike, Days, NaiveDate};
use entry::{Answer, Site};
use kernel::{CategoryId, PageRequest};
use overviews::price;
use serde::Serialize;
use site::links;
use uuid::Uuid;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::poster::poster;
use crate::views::{Fees, LinkView, PosterView, samples};

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

/// `GET /`
pub(crate) async fn show(State(site): State<Site>, frame: Frame) -> Answer<Response> {
    let today = site.clock.now().date_naive();
    let mut connection = site.database.acquire().await?;
    let saturday = next_saturday(today);
    let free = Search { available_on: Some(saturday), ..Search::default() };
    let eight = PageRequest::first(8);
    let (weekend, facets) = search::search_counted(&mut connection, &free, &eight, FacetScope::Asked).await?;
    let (weekend, count) = (weekend.items, facets.total);
    let newest = Search { sort: Sort::Newest, ..Search::default() };
    let newest = search::search(&mut connection, &newest, &PageRequest::first(4)).await?.items;
    let categories = queries::categories(&mut connection).await?;
    let fees = Fees(price::schedules(&mut connection, today).await?);
    drop(connection);
    let total = |card: &CelebrityCard| Some(fees.total(card.from_price?)?.total);
    let note = format!("Free {}", format::day(saturday));
    frame.answer(&Home {
        // The last of the row stand beside the headline, so that nobody is seen twice at once.
        hero: weekend.iter().skip(4).take(3).map(|card| poster(card, total(card), None)).collect(),
        weekend: weekend.iter().take(4).map(|card| poster(card, total(card), Some(note.clone()))).collect(),
        weekend_all: weekend_all(saturday, count),
        newest: newest.iter().map(|card| poster(card, total(card), None)).collect(),
        categories: category_links(categories),
        today: today.to_string(),
    })
}

fn weekend_all(saturday: NaiveDate, count: i64) -> LinkView {
    LinkView { count: Some(count), ..LinkView::to("All", format!("{}?available_on={saturday}", links::DISCOVER)) }
}

/// Categories in which somebody is.
fn category_links(categories: Vec<Category>) -> Vec<LinkView> {
    let taken = categories.into_iter().filter(|one| one.celebrities_count > 0);
    let link = |one: Category| LinkView {
        count: Some(one.celebrities_count),
        ..LinkView::to(one.name, links::category(&one.slug))
    };
    taken.map(link).collect()
}

/// The Saturday of this weekend; on Sunday already the next one.
fn next_saturday(today: NaiveDate) -> NaiveDate {
    today + Days::new(u64::from((5 + 7 - today.weekday().num_days_from_monday()) % 7))
}

impl Template for Home {
    const TEMPLATE: &'static str = "pages/home/home.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let today = samples::now().date_naive();
        let full = Self {
            hero: samples::posters(6).split_off(3),
            weekend: samples::posters(4),
            weekend_all: weekend_all(next_saturday(today), 64),
            newest: samples::posters(6).into_iter().rev().take(4).collect(),
            categories: category_links(categories()),
            today: today.to_string(),
        };
        let empty = Self {
            hero: Vec::new(),
            weekend: Vec::new(),
            weekend_all: weekend_all(next_saturday(today), 0),
            newest: Vec::new(),
            categories: category_links(Vec::new()),
            today: today.to_string(),
        };
        vec![("full", full), ("empty", empty)]
    }
}

fn categories() -> Vec<Category> {
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
    let category = |(name, celebrities_count): (&str, i64)| Category {
        id: CategoryId(Uuid::nil()),
        slug: name.to_lowercase(),
        name: name.to_owned(),
        tagline: String::new(),
        celebrities_count,
    };
    names.into_iter().map(category).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weekend_begins_on_its_saturday() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 12, number).unwrap();
        assert_eq!([7, 11, 12, 13].map(|today| next_saturday(day(today)).day()), [12, 12, 12, 19]);
    }
}
