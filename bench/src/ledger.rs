//! How long `ledger check` takes over a million postings: two years of bookings paid by bank cards, gift cards and credit.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::{LedgerBenchOptions, product, stage};

/// The least that is checked.
const POSTINGS_MIN: i64 = 1_000_000;
/// The longest that the check may take for each million postings.
const TIME_MAX_S: f64 = 10.0;

/// Loads the data, checks the books some times, and fails when one check finds something or takes too long.
pub async fn run(options: &LedgerBenchOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let url = postgres.create_database("ledger").await?;
    let started = Instant::now();
    product::load(&options.stage, &url, "peer").await?;
    println!("loaded and vacuumed in {:.1} s", started.elapsed().as_secs_f64());
    let database = stage::connect(&url).await?;
    let counted = "SELECT (SELECT count(*) FROM ledger_postings), (SELECT count(*) FROM ledger_postings WHERE version IS NOT NULL),
                     (SELECT count(*) FROM payment_legs), (SELECT count(*) FROM gift_card_entries)";
    let (postings, guarded, legs, entries): (i64, i64, i64, i64) =
        sqlx::query_as(counted).fetch_one(database.pool()).await?;
    database.close().await;
    ensure!(postings >= POSTINGS_MIN, "only {postings} postings");
    println!("{postings} postings, {guarded} of them with a balance; {legs} legs; {entries} steps of gift cards");
    postgres.settle().await?;
    let mut slowest = Duration::ZERO;
    for round in 1..=options.rounds {
        let started = Instant::now();
        let checked =
            options.stage.program(&url).args(["ledger", "check"]).output().context("the books were not checked")?;
        let took = started.elapsed();
        ensure!(checked.status.success(), "the books are off: {}", String::from_utf8_lossy(&checked.stderr));
        println!("round {round}: checked in {:.2} s, {:.2} s a million", took.as_secs_f64(), a_million(took, postings));
        slowest = slowest.max(took);
    }
    postgres.close()?;
    let slowest_s = a_million(slowest, postings);
    ensure!(slowest_s < TIME_MAX_S, "a million postings took {slowest_s:.2} s, and may take {TIME_MAX_S} s");
    Ok(())
}

/// The seconds that a million of so many postings took.
fn a_million(took: Duration, postings: i64) -> f64 {
    took.as_secs_f64() * 1_000_000.0 / postings as f64
}
