//! The HTTP scenario: measures the same calls on both servers in turn, on one PostgreSQL, and prints the ratios.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::cases::BenchCase;
use crate::peer::{self, Peer};
use crate::product::{self, Product};
use crate::rounds::{Run, WARM_UP, measure, print_head, print_rounds};
use crate::stage::SharedPostgres;
use crate::wrk;
use crate::{HttpOptions, process};

/// How long both servers rest before their memory is read, after the start and after the load: until the work that fell due while
/// loading data is done, and longer than caches and spare memory are kept.
const REST: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(70)];

/// Measures and prints.
pub async fn run(options: &HttpOptions) -> anyhow::Result<()> {
    let postgres = options.stage.open()?;
    let peer = peer::start(&options.peer, &options.stage.scratch, &postgres.create_database("peer").await?)?;
    let mut product = product::start(&options.stage, &postgres.create_database("product").await?).await?;
    tokio::time::sleep(REST[0]).await;
    let fresh = resident(&product, &peer);
    product.write_ids().await?;
    if options.cases.contains(&BenchCase::Book) {
        product.write_bookings().await?;
        println!("{} bookings can be made", product.bookings);
    }
    postgres.settle().await?;
    let mut missed = Vec::new();
    print_head();
    for case in &options.cases {
        let mut rounds = Vec::new();
        for _ in 0..options.rounds {
            let theirs = measure_peer(options, *case, &peer, &postgres).await?;
            rounds.push((measure_product(options, *case, &mut product, &postgres).await?, theirs));
        }
        let ratio = print_rounds(case.as_str(), &rounds);
        if ratio < case.floor() {
            missed.push(format!("{}: {ratio:.2} of the peer's rate, but {} is the floor", case.as_str(), case.floor()));
        }
    }
    let used = resident(&product, &peer);
    tokio::time::sleep(REST[1]).await;
    let idle = resident(&product, &peer);
    println!("\n| memory, kB | ours | peer | ratio |\n| --- | --- | --- | --- |");
    for (when, (ours, theirs)) in [("fresh", fresh), ("under load", used), ("idle after load", idle)] {
        println!("| {when} | {ours} | {theirs} | 1/{:.1} |", theirs as f64 / ours as f64);
    }
    // The same ceiling holds before and after the load.
    for (when, (ours, theirs)) in [("fresh", fresh), ("after load", idle)] {
        if ours * 4 > theirs {
            missed.push(format!(
                "idle memory, {when}: {ours} kB, but a quarter of {theirs} kB is the ceiling; `cargo xtask bench order` says anew \
                 which functions lie together"
            ));
        }
    }
    drop((peer, product));
    postgres.close()?;
    ensure!(missed.is_empty(), "below target:\n  - {}", missed.join("\n  - "));
    Ok(())
}

/// Resident kilobytes, ours and the peer's.
fn resident(product: &Product, peer: &Peer) -> (u64, u64) {
    (process::resident_kb(product.server.id()), process::resident_kb(peer.server.id()))
}

async fn measure_peer(
    options: &HttpOptions,
    case: BenchCase,
    peer: &Peer,
    postgres: &SharedPostgres,
) -> anyhow::Result<Run> {
    let load = case.theirs(peer, &options.stage.scratch).await?;
    wrk::run(&load, WARM_UP).with_context(|| format!("warming the peer's {} up", case.as_str()))?;
    measure(case.as_str(), &load, options.seconds, peer.server.id(), postgres.process_id()?)
}

async fn measure_product(
    options: &HttpOptions,
    case: BenchCase,
    product: &mut Product,
    postgres: &SharedPostgres,
) -> anyhow::Result<Run> {
    let warm = wrk::run(&case.ours(product).await?, WARM_UP);
    let warm = warm.with_context(|| format!("warming our {} up", case.as_str()))?;
    note_bookings(case, product, &warm)?;
    let load = case.ours(product).await?;
    let run = measure(case.as_str(), &load, options.seconds, product.server.id(), postgres.process_id()?)?;
    note_bookings(case, product, &run.outcome)?;
    Ok(run)
}

/// Counts the prepared bookings that were sent, including those in flight at the end of a run.
fn note_bookings(case: BenchCase, product: &mut Product, outcome: &wrk::WrkReport) -> anyhow::Result<()> {
    if case == BenchCase::Book {
        product.booked += usize::try_from(outcome.requests)? + 128;
        ensure!(product.booked < product.bookings, "all prepared bookings are made: measure for fewer seconds");
    }
    Ok(())
}
