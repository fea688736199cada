//! `cargo xtask bench build`: measures the time from a clone to the open page, and what each crate costs.
//!
//! The costs are stored in `xtask/build-budget.csv`. `tidy` checks that every crate has a
//! line and that the sum is within the budget, so that the price of a new crate is seen.

pub mod budget;
mod fresh_start;
mod timings;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::shell;

/// From the clone to the open page, on two cores.
const START_MAX: Duration = Duration::from_secs(5 * 60 + 30);
/// The number of crates named in the report.
const NAMED: usize = 20;

/// Measures a start from nothing. `--write` puts what each crate cost into the budget's file.
pub fn run(options: &[String]) -> Result<ExitCode> {
    let writes = match options {
        [] => false,
        [option] if option == "--write" => true,
        _ => bail!("`cargo xtask bench build` takes one option: --write"),
    };
    let start = fresh_start::measure()?;
    let costs = timings::read(&start.report)?;
    let all: f64 = costs.iter().map(|cost| cost.seconds).sum();
    println!("\n{} crates took {all:.0} unit-seconds, the costliest:", costs.len());
    for cost in costs.iter().take(NAMED) {
        println!("  {:>6.1} s  {}", cost.seconds, cost.name);
    }
    let waited = start.waited.as_secs();
    println!(
        "From the clone to the open page: {} min {} s (at most {} s)",
        waited / 60,
        waited % 60,
        START_MAX.as_secs()
    );
    if writes {
        budget::write(&costs)?;
        shell::heading(&format!("{} holds what each crate cost", budget::FILE));
    }
    Ok(if start.waited <= START_MAX { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
