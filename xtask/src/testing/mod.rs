//! `cargo xtask test` and `check`: run all checks and print the totals in the last line.

mod browser;
pub mod databases;
mod rust;
pub mod server;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::contract::{CHECKS, Contract};
use crate::{frontend, libraries, machine, shell};

use databases::Databases;
use tally::Tally;

/// How much to test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestScope {
    Everything,
    WithoutBrowser,
}

/// Runs all steps, even after one has failed, and prints the totals.
pub fn run(scope: TestScope) -> Result<ExitCode> {
    let with_browser = scope == TestScope::Everything;
    machine::provide_for_testing(with_browser)?;
    let databases = Databases::start()?;
    let mut tally = Tally::default();
    step(&mut tally, "Front end: build", || succeeds(frontend::build()));
    step(&mut tally, "Front end: types", || succeeds(shell::run(frontend::npm()?.args(["run", "--silent", "check"]))));
    step(&mut tally, "Front end: unit tests", || tally::node_tests(frontend::npm()?.args(["run", "--silent", "test"])));
    step(&mut tally, "Format", || succeeds(shell::run(shell::cargo().args(["fmt", "--all", "--check"]))));
    step(&mut tally, "Lints, and statements against the schema", || rust::lints(&databases));
    step(&mut tally, "Unit, database and HTTP tests", || rust::tests(&databases));
    match Contract::write() {
        Ok(contract) => CHECKS.iter().for_each(|(name, check)| step(&mut tally, name, || succeeds(check(&contract)))),
        Err(error) => step(&mut tally, "API document", || Err(error)),
    }
    step(&mut tally, "Libraries: bans, licences, sources", || succeeds(libraries::check()));
    if with_browser {
        step(&mut tally, "Browser tests", || browser::tests(&databases));
    }
    drop(databases);
    println!("{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn step(tally: &mut Tally, name: &str, work: impl FnOnce() -> Result<Tally>) {
    shell::heading(name);
    let started = Instant::now();
    let outcome = work().unwrap_or_else(|error| {
        eprintln!("{name}: {error:#}");
        Tally::FAILED
    });
    eprintln!("   {outcome} in {:.1} s", started.elapsed().as_secs_f64());
    *tally += outcome;
}

/// Counts a step that has only one result as one test.
fn succeeds(outcome: Result<()>) -> Result<Tally> {
    outcome.map(|()| Tally::PASSED)
}
