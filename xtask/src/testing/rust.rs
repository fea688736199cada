//! Lints and tests of the Rust side.

use std::process::Command;

use anyhow::Result;

use crate::testing::databases::Databases;
use crate::testing::tally::{self, Tally};
use crate::{shell, sqlx};

/// Runs clippy without allowing warnings, then compares `.sqlx` with the statements that clippy just compiled.
pub fn lints(databases: &Databases) -> Result<Tally> {
    if !sqlx::lint(databases, &["-D", "warnings"])? {
        return Ok(Tally::FAILED);
    }
    let mut tally = Tally::PASSED;
    let complaints = sqlx::complaints()?;
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    if complaints.is_empty() {
        tally += Tally::PASSED;
    } else {
        eprintln!("`cargo xtask sqlx` refreshes the cache");
        tally += Tally::FAILED;
    }
    Ok(tally)
}

/// Builds everything once, including the program, and runs every test.
pub fn tests(databases: &Databases) -> Result<Tally> {
    shell::run(shell::cargo().args(["build", "--workspace", "--all-targets"]))?;
    let has_nextest = shell::capture(shell::cargo().args(["nextest", "--version"])).is_ok();
    let mut cargo = shell::cargo();
    if has_nextest {
        cargo.args(["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "slow", "--color", "never"]);
    } else {
        cargo.args(["test", "--workspace", "--all-targets", "--no-fail-fast"]);
    }
    cargo.env("STAGEDOOR_TEST_DATABASE_URL", databases.url_of_empty("tests")?);
    let (succeeded, text) = shell::tee(&mut cargo)?;
    let tally = if has_nextest { tally::of_nextest(&text) } else { tally::of_cargo_test(&text) };
    Ok(tally.of_program(succeeded))
}

/// Breaks what the program depends on, with the programs that were built for the tests.
pub fn faults() -> Result<Tally> {
    let target = shell::target()?;
    let mut bench = Command::new(target.join("debug/bench"));
    bench.args(["faults", "--short"]).current_dir(shell::root()).env_remove("DATABASE_URL");
    bench
        .env("STAGEDOOR_BINARY", target.join("debug/stagedoor"))
        .env("STAGEDOOR_BENCH_DIR", target.join("test-faults"));
    shell::run(&mut bench)?;
    Ok(Tally::PASSED)
}
