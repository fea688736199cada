//! The figures of the search on a large database:
//! `DATABASE_URL=… cargo run --release --package catalog --example measure`, after `stagedoor demo --size scale`.

use std::time::{Duration, Instant};

use catalog::search::{Search, Sort, facets, search};
use database::{Database, DatabaseConfig};
use kernel::{Currency, PageRequest};

const ROUNDS: usize = 60;

fn report(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (median, late) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    println!("{name:<28} p50 {:>7.2} ms   p95 {:>7.2} ms", median.as_secs_f64() * 1e3, late.as_secs_f64() * 1e3);
}

fn kinds_of_search() -> Vec<(&'static str, Search)> {
    let text = |text: &str, sort| Search { text: Some(text.into()), sort, ..Search::default() };
    let sorted = |sort| Search { sort, ..Search::default() };
    let day = "2026-12-12".parse().ok();
    vec![
        ("rank", sorted(Sort::Rank)),
        ("rating", sorted(Sort::Rating)),
        ("price_asc", sorted(Sort::PriceAsc)),
        ("price_desc", sorted(Sort::PriceDesc)),
        ("newest", sorted(Sort::Newest)),
        ("name", text("kaloram milo", Sort::Relevance)),
        ("common word", text("award", Sort::Relevance)),
        ("word and city", text("magicians zurich", Sort::Relevance)),
        ("typo in a category", text("comdians", Sort::Relevance)),
        ("typo in two words", text("magicans lisbn", Sort::Relevance)),
        ("nonsense", text("xqzzvy wwwpq", Sort::Relevance)),
        ("category", Search { category: Some("cat-3".into()), ..Search::default() }),
        ("date", Search { available_on: day, ..Search::default() }),
        ("date none", Search { available_on: "2030-01-01".parse().ok(), ..Search::default() }),
        (
            "price range",
            Search {
                currency: Some(Currency::Eur),
                price_min_minor: Some(20_000),
                price_max_minor: Some(30_000),
                ..Search::default()
            },
        ),
        (
            "language and rating",
            Search { language: Some("pt".into()), rating_min_hundredths: Some(490), ..Search::default() },
        ),
        (
            "everything",
            Search {
                text: Some("legend".into()),
                category: Some("cat-5".into()),
                currency: Some(Currency::Usd),
                price_max_minor: Some(300_000),
                available_on: day,
                language: Some("en".into()),
                rating_min_hundredths: Some(420),
                kind: Some(catalog::OfferingKind::VideoCall),
                ..Search::default()
            },
        ),
    ]
}

#[tokio::main]
async fn main() {
    let url = std::env::var("DATABASE_URL").expect("name a loaded database in DATABASE_URL");
    let database = Database::connect(&DatabaseConfig::new(url)).await.expect("the database answers");
    let mut connection = database.acquire().await.expect("a connection");
    for (name, asked) in kinds_of_search() {
        let (mut pages, mut counts, mut found) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let page = search(&mut connection, &asked, &PageRequest::first(20)).await.expect("a page");
            pages.push(started.elapsed());
            found = page.items.len();
        }
        for _ in 0..ROUNDS / 3 {
            let started = Instant::now();
            facets(&mut connection, &asked).await.expect("counts");
            counts.push(started.elapsed());
        }
        report(&format!("{name} ({found})"), pages);
        report("  facets", counts);
    }
}
