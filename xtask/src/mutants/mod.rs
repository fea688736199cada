//! `cargo xtask mutants`: changes the code that decides, one place at a time, and wants a test to fail for each change.
//!
//! Each change is tried with the tests of its crate, and what survives those with the flows that `files.csv` names. What survives both
//! stands in `survivors.txt` with the reason why no test can tell, or is a complaint.

mod plan;
mod tally;
mod tool;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::testing::databases::Databases;
use crate::{machine, shell};
use plan::MutantGroup;
use tally::MutantTally;

/// At most so many of a hundred changes that compile may survive.
const SURVIVORS_PERCENT_MAX: usize = 5;

/// Tries the files whose path contains `only`; all of them without.
pub fn run(only: Option<&str>) -> Result<ExitCode> {
    let groups = plan::groups(only.unwrap_or_default())?;
    if groups.is_empty() {
        bail!("no file of {} has {:?} in its path", plan::FILES, only.unwrap_or_default());
    }
    machine::provide_for_testing(false)?;
    let databases = Databases::start()?;
    let tests = databases.url_of_empty("mutants")?;
    let mut tally = MutantTally::default();
    for (number, group) in (1..).zip(&groups) {
        shell::heading(&format!("{number} of {}: {}", groups.len(), group.paths.join(", ")));
        tally.add(try_group(group, &tests)?);
    }
    drop(databases);
    println!("{tally}");
    let complaints = tally.complaints(&plan::survivors()?, SURVIVORS_PERCENT_MAX);
    for complaint in &complaints {
        println!("{complaint}");
    }
    Ok(if complaints.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn try_group(group: &MutantGroup, tests: &str) -> Result<MutantTally> {
    let folder = tool::fresh_output(group)?;
    tool::run(&mut tool::command(group, &folder, tests)?)?;
    let mut tally = MutantTally::read(&folder)?;
    if !tally.missed.is_empty() && !group.flows.is_empty() {
        shell::heading(&format!("{} survived, and are tried with {}", tally.missed.len(), group.flows.join(" ")));
        tool::run(&mut tool::with_flows(tool::command(group, &folder, tests)?, group))?;
        tally.try_again(MutantTally::read(&folder)?);
    }
    Ok(tally)
}
