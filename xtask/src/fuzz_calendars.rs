//! `cargo xtask fuzz calendars`: reads broken calendar files for minutes, held to time and memory. The short form is a test.

use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::shell;

/// How long it takes when nothing else is said.
const SECONDS: u64 = 600;

/// Runs the test of the reader for the seconds that are named; fails when a file crashes it, stalls it or takes more than 64 MB.
pub fn run(options: &[String]) -> Result<ExitCode> {
    let seconds = options.first().map_or(Ok(SECONDS), |text| text.parse()).context("give the seconds as a number")?;
    let mut cargo = shell::cargo();
    // Optimised, because it then tries about ten times as many files.
    cargo.args([
        "test",
        "--package",
        "calendar",
        "--config",
        "profile.dev.package.calendar.opt-level=3",
        "--test",
        "it",
        "fuzz::",
    ]);
    shell::run(cargo.args(["--", "--nocapture"]).env("CALENDAR_FUZZ_SECONDS", seconds.to_string()))?;
    Ok(ExitCode::SUCCESS)
}
