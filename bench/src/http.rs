//! The HTTP scenario: measures the same calls on both servers in turn, on one PostgreSQL, and prints the ratios.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::cases::BenchCase;
use crate::peer::{self, Peer};
use crate::product::{self, Product};
use crate::stage::SharedPostgres;
use crate::wrk::{self, WrkLoad};
use crate::{HttpOptions, process};

/// The warm-up of each run, for Node's compiler and for caches.
const WARM_UP: Duration = Duration::from_secs(2);
/// How long both servers rest before their memory is read, after the start and after the load: until the work that fell due while
/// loading data is done, and longer than caches and spare memory are kept.
const REST: [Duration; 2] = [Duration::from_secs(20), Duration::from_secs(70)];

/// One measured run.
struct Run {
    outcome: wrk::WrkReport,
    /// CPU time of the server's process for one request.
    cpu_us: f64,
    postgres_cpu_us: f64,
}

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
        let ratio = print_rounds(*case, &rounds);
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
            missed.push(format!("idle memory, {when}: {ours} kB, but a quarter of {theirs} kB is the ceiling"));
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
    measure(options, case, &load, peer.server.id(), postgres)
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
    let run = measure(options, case, &case.ours(product).await?, product.server.id(), postgres)?;
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

fn measure(
    options: &HttpOptions,
    case: BenchCase,
    load: &WrkLoad,
    server: u32,
    postgres: &SharedPostgres,
) -> anyhow::Result<Run> {
    let postgres = postgres.process_id()?;
    let before = (process::cpu_us(server), process::cpu_us(postgres));
    let outcome = wrk::run(load, Duration::from_secs(options.seconds));
    let outcome = outcome.with_context(|| format!("measuring {}", case.as_str()))?;
    let after = (process::cpu_us(server), process::cpu_us(postgres));
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / outcome.requests.max(1) as f64;
    Ok(Run { outcome, cpu_us: each(before.0, after.0), postgres_cpu_us: each(before.1, after.1) })
}

fn print_head() {
    println!("| case | ours/s | peer/s | ratio (range) | p50 ms | p99 ms | CPU µs | PostgreSQL µs |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
}

/// Prints the medians of both servers and returns the median ratio.
fn print_rounds(case: BenchCase, rounds: &[(Run, Run)]) -> f64 {
    let ratios = sorted(rounds.iter().map(|(ours, theirs)| ours.outcome.per_second / theirs.outcome.per_second));
    let pair = |pick: fn(&Run) -> f64| {
        (median(rounds.iter().map(|(ours, _)| pick(ours))), median(rounds.iter().map(|(_, theirs)| pick(theirs))))
    };
    let (rate, p50) = (pair(|run| run.outcome.per_second), pair(|run| run.outcome.p50_ms));
    let (p99, cpu, postgres) =
        (pair(|run| run.outcome.p99_ms), pair(|run| run.cpu_us), pair(|run| run.postgres_cpu_us));
    let ratio = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    let (least, most) = (ratios.first().unwrap_or(&ratio), ratios.last().unwrap_or(&ratio));
    println!(
        "| {} | {:.0} | {:.0} | {ratio:.2} ({least:.2}–{most:.2}) | {:.2} to {:.2} | {:.2} to {:.2} | {:.0} to {:.0} | {:.0} to {:.0} |",
        case.as_str(),
        rate.0,
        rate.1,
        p50.0,
        p50.1,
        p99.0,
        p99.1,
        cpu.0,
        cpu.1,
        postgres.0,
        postgres.1,
    );
    ratio
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
