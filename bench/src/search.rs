//! Searches fifty thousand profiles with queries of every kind. Each is sent once, so that no cache answers it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use chrono::Days;
use kernel::{Clock as _, SystemClock};

use crate::client::Client;
use crate::server::MeasuredServer;
use crate::{SearchOptions, product};

/// The limit for the 95th percentile.
const LIMIT: Duration = Duration::from_millis(50);
/// Queries of each kind.
const QUESTIONS: usize = 60;

/// Queries of one kind, as query strings.
struct QuestionKind {
    name: &'static str,
    questions: Vec<String>,
}

/// Loads the profiles, sends the queries, and fails when responses take too long.
pub async fn run(options: &SearchOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("search").await?;
    product::load(&options.stage, &url, "scale").await?;
    postgres.settle().await?;
    let server = MeasuredServer::start_ours(&options.stage, "search", &url, "none").await?;
    let outcome = ask_all(&server.client()).await;
    drop(server);
    postgres.close()?;
    outcome
}

async fn ask_all(client: &Client) -> anyhow::Result<()> {
    let kinds = kinds(client).await?;
    println!("| question | asked | p50 ms | p95 ms |\n| --- | --- | --- | --- |");
    let mut all = Vec::new();
    for QuestionKind { name, questions } in kinds {
        let mut times = Vec::new();
        // The first query of a kind includes planning and reading from disk; it counts like the others.
        for question in &questions {
            let started = Instant::now();
            client.get(&format!("/api/celebrities?{question}")).await?;
            times.push(started.elapsed());
        }
        all.extend_from_slice(&times);
        report(name, times);
    }
    let late = report("all", all);
    ensure!(late <= LIMIT, "p95 is {late:.1?}, but {LIMIT:?} is the limit");
    Ok(())
}

/// Prints a line and returns the 95th percentile.
fn report(name: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let (median, late) = (times[times.len() / 2], times[times.len() * 95 / 100]);
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("| {name} | {} | {:.1} | {:.1} |", times.len(), ms(median), ms(late));
    late
}

async fn kinds(client: &Client) -> anyhow::Result<Vec<QuestionKind>> {
    let names = first(client, "/api/celebrities?sort=newest&limit=100", "stage_name").await?;
    let categories = first(client, "/api/categories", "slug").await?;
    let tomorrow = SystemClock.now().date_naive() + Days::new(1);
    let of =
        |name, make: &dyn Fn(usize) -> String| QuestionKind { name, questions: (0..QUESTIONS).map(make).collect() };
    let person = |turn: usize| &names[turn % names.len()];
    let category = |turn: usize| &categories[turn % categories.len()];
    let day = |turn: usize| tomorrow + Days::new(turn as u64);
    let mut kinds = vec![
        of("a name", &|turn| format!("q={}", words(person(turn)))),
        of("a name with a typo", &|turn| format!("q={}", words(&swapped(person(turn))))),
        of("a category with a typo and a language", &|turn| {
            format!("q={}&language={}", swapped(category(turn)), ["en", "es", "fr", "de"][turn / 14 % 4])
        }),
        of("nonsense", &|turn| format!("q=xqz{turn}vy+wwpq")),
        of("a category", &|turn| format!("category={}&limit={}", category(turn), 20 + turn / 14)),
        of("a day", &|turn| format!("available_on={}", day(turn))),
        of("prices", &|turn| {
            format!("currency=EUR&min_price={}&max_price={}&sort=price_asc", 10_000 + turn * 500, 30_000 + turn * 500)
        }),
        of("a language and a rating", &|turn| {
            format!("language=es&min_rating=4.{}&limit={}", turn % 10, 10 + turn / 10)
        }),
        of("everything", &|turn| {
            let category = category(turn);
            format!(
                "q=legend&category={category}&currency=USD&max_price=300000&available_on={}&language=en&min_rating=4",
                day(turn)
            )
        }),
        of("a name, with counts", &|turn| format!("facets=true&q={}", words(person(turn)))),
        of("a day in a category, with counts", &|turn| {
            format!("facets=true&category={}&available_on={}", category(turn), day(turn))
        }),
        of("everybody, with counts", &|turn| format!("facets=true&limit={}", turn + 1)),
    ];
    for sort in ["rank", "rating", "price_asc", "price_desc", "newest"] {
        kinds.push(QuestionKind { name: sort, questions: pages(client, sort).await? });
    }
    Ok(kinds)
}

/// The cursors of consecutive pages in this order, read here with another limit than in the measurement.
async fn pages(client: &Client, sort: &str) -> anyhow::Result<Vec<String>> {
    let mut questions = Vec::new();
    let mut question = format!("sort={sort}");
    while questions.len() < QUESTIONS {
        let page = client.get(&format!("/api/celebrities?limit=100&{question}")).await?;
        questions.push(format!("limit=20&{question}"));
        let cursor = page["next_cursor"].as_str().context("there are more pages")?;
        question = format!("sort={sort}&cursor={cursor}");
    }
    Ok(questions)
}

/// A field of the items of a list.
async fn first(client: &Client, path: &str, field: &str) -> anyhow::Result<Vec<String>> {
    let list = client.get(path).await?;
    let items = list["items"].as_array().context("it is a list")?;
    Ok(items.iter().filter_map(|item| item[field].as_str().map(str::to_owned)).collect())
}

/// The word with two letters swapped.
fn swapped(word: &str) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() > 3 {
        letters.swap(1, 2);
    }
    letters.into_iter().collect()
}

/// Text encoded for a query string.
fn words(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}
