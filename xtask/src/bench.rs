//! `cargo xtask bench NAME`: builds what is measured as it ships, then hands over to the bench program.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{frontend, machine, shell};

/// Runs one scenario.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    machine::provide_for_running()?;
    frontend::build()?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "stagedoor", "--package", "bench"]))?;
    let program = shell::target()?.join("release/bench");
    let mut bench = Command::new(&program);
    bench.args(arguments).current_dir(shell::root());
    bench.env("STAGEDOOR_BINARY", shell::target()?.join("release/stagedoor"));
    Err(bench.exec()).with_context(|| format!("cannot run {}", program.display()))
}
