//! The budget of a build from nothing: one line for each crate, and a sum that may not be exceeded.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context as _, Result};

use super::timings::BuildCost;
use crate::shell;

/// What each crate cost when it was measured last.
pub const FILE: &str = "xtask/build-budget.csv";
/// Two cores work off two unit-seconds in a second. The rest of the five and a half minutes until the page is open is for the tools, the
/// front end and the demo data.
const UNIT_SECONDS_MAX: f64 = 560.0;

const HEAD: &str = "crate,unit_seconds";

/// Crates of the lock file that have no line, and a sum beyond the budget.
pub fn check() -> Result<Vec<String>> {
    let read = |path: &str| fs::read_to_string(shell::root().join(path)).with_context(|| format!("cannot read {path}"));
    Ok(complaints(&read(FILE)?, &read("Cargo.lock")?))
}

/// Writes what was measured. Crates that were not built (tests and tools) get a line with zero.
pub fn write(costs: &[BuildCost]) -> Result<()> {
    let lock = fs::read_to_string(shell::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let mut lines: BTreeMap<&str, f64> = locked(&lock).map(|name| (name, 0.0)).collect();
    lines.extend(costs.iter().map(|cost| (cost.name.as_str(), cost.seconds)));
    let mut text = format!("{HEAD}\n");
    for (name, seconds) in lines {
        writeln!(text, "{name},{seconds:.1}")?;
    }
    fs::write(shell::root().join(FILE), text).with_context(|| format!("cannot write {FILE}"))
}

fn complaints(budget: &str, lock: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut lines = BTreeMap::new();
    for (number, line) in (1..).zip(budget.lines()).skip(1) {
        match line.split_once(',').and_then(|(name, seconds)| Some((name, seconds.parse::<f64>().ok()?))) {
            Some((name, seconds)) => drop(lines.insert(name, seconds)),
            None => complaints.push(format!("{FILE}:{number}: a line is `crate,seconds`")),
        }
    }
    let missing = locked(lock).filter(|name| !lines.contains_key(name));
    complaints.extend(missing.map(|name| {
        format!("{FILE}: {name} has no line; `cargo xtask bench build --write` measures what it costs everybody")
    }));
    let sum: f64 = lines.values().sum();
    if sum > UNIT_SECONDS_MAX {
        complaints.push(format!("{FILE}: a build takes {sum:.0} unit-seconds, and may take {UNIT_SECONDS_MAX}"));
    }
    complaints
}

/// The names in a lock file, each once.
fn locked(lock: &str) -> impl Iterator<Item = &str> {
    let names = lock.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'));
    let mut last = "";
    names.filter(move |name| std::mem::replace(&mut last, name) != *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str =
        "[[package]]\nname = \"axum\"\nversion = \"0.8\"\n[[package]]\nname = \"syn\"\n[[package]]\nname = \"syn\"\n";

    #[test]
    fn a_crate_without_a_line_and_a_sum_beyond_the_budget_are_found() {
        assert_eq!(complaints("crate,unit_seconds\naxum,3.5\nsyn,2.0\n", LOCK), Vec::<String>::new());
        let missing = complaints("crate,unit_seconds\naxum,3.5\n", LOCK);
        assert_eq!(missing.len(), 1);
        assert!(missing[0].contains("syn has no line"), "{missing:?}");
        let beyond = complaints("crate,unit_seconds\naxum,540\nsyn,21\n", LOCK);
        assert!(beyond[0].contains("561 unit-seconds"), "{beyond:?}");
        assert_eq!(complaints("crate,unit_seconds\naxum,3.5\nsyn\n", LOCK).len(), 2);
    }
}
