//! `cargo xtask bench build`: how long a newcomer waits between the clone and the open page, and which crate costs what.
//!
//! What each crate cost stands in `xtask/build-budget.csv`. `tidy` keeps the file complete and its sum within the budget, so that
//! whoever adds a crate sees what it costs everybody.

pub mod budget;
mod fresh_start;
mod timings;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::shell;

/// From the clone to the open page, on two cores.
const START_MAX: Duration = Duration::from_secs(5 * 60 + 30);
/// So many crates are named in the report.
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
