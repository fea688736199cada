//! Measured runs of two servers in turn: their figures, and the table that compares them.

use std::time::Duration;

use anyhow::Context as _;

use crate::process;
use crate::wrk::{self, WrkLoad};

/// The warm-up of each run, for Node's compiler and for caches.
pub const WARM_UP: Duration = Duration::from_secs(2);

/// One measured run.
#[derive(Debug)]
pub struct Run {
    pub outcome: wrk::WrkReport,
    /// CPU time of the server's process for one request.
    pub cpu_us: f64,
    postgres_cpu_us: f64,
}

/// Sends `load` to the process `server`, whose PostgreSQL is the process `postgres`.
pub fn measure(name: &str, load: &WrkLoad, seconds: u64, server: u32, postgres: u32) -> anyhow::Result<Run> {
    let before = (process::cpu_us(server), process::cpu_us(postgres));
    let outcome = wrk::run(load, Duration::from_secs(seconds)).with_context(|| format!("measuring {name}"))?;
    let after = (process::cpu_us(server), process::cpu_us(postgres));
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / outcome.requests.max(1) as f64;
    Ok(Run { outcome, cpu_us: each(before.0, after.0), postgres_cpu_us: each(before.1, after.1) })
}

/// The head of the table.
pub fn print_head() {
    println!("| case | ours/s | peer/s | ratio (range) | p50 ms | p99 ms | CPU µs | PostgreSQL µs |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
}

/// Prints the medians of both servers and returns the median ratio. A round is ours and theirs.
pub fn print_rounds(name: &str, rounds: &[(Run, Run)]) -> f64 {
    let ratios = sorted(rounds.iter().map(|(ours, theirs)| ours.outcome.per_second / theirs.outcome.per_second));
    let (rate, p50) = (medians(rounds, |run| run.outcome.per_second), medians(rounds, |run| run.outcome.p50_ms));
    let p99 = medians(rounds, |run| run.outcome.p99_ms);
    let (cpu, postgres) = (medians(rounds, |run| run.cpu_us), medians(rounds, |run| run.postgres_cpu_us));
    let ratio = ratios.get(ratios.len() / 2).copied().unwrap_or(f64::NAN);
    let (least, most) = (ratios.first().unwrap_or(&ratio), ratios.last().unwrap_or(&ratio));
    println!(
        "| {name} | {:.0} | {:.0} | {ratio:.2} ({least:.2}–{most:.2}) | {:.2} to {:.2} | {:.2} to {:.2} | {:.0} to {:.0} | {:.0} to {:.0} |",
        rate.0, rate.1, p50.0, p50.1, p99.0, p99.1, cpu.0, cpu.1, postgres.0, postgres.1,
    );
    ratio
}

/// The medians of a figure, ours and theirs.
pub fn medians(rounds: &[(Run, Run)], pick: fn(&Run) -> f64) -> (f64, f64) {
    (median(rounds.iter().map(|(ours, _)| pick(ours))), median(rounds.iter().map(|(_, theirs)| pick(theirs))))
}

/// The middle one.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let values = sorted(values);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
