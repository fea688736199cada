//! `cargo xtask bench NAME`: builds the program with the profile that ships, then runs the bench program.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{build_cost, frontend, machine, shell};

/// Runs one scenario.
pub fn run(arguments: &[String]) -> Result<ExitCode> {
    if let Some((name, options)) = arguments.split_first()
        && name == "build"
    {
        return build_cost::run(options);
    }
    match arguments.first().map(String::as_str) {
        Some("faults") => machine::provide_for_faults()?,
        Some("order") => machine::provide_for_following()?,
        _ => machine::provide_for_measuring()?,
    }
    frontend::build()?;
    shell::run(shell::cargo().args(["build", "--profile", "dist", "--package", "stagedoor"]))?;
    shell::run(shell::cargo().args(["build", "--release", "--package", "bench"]))?;
    let target = shell::target()?;
    let program = target.join("release/bench");
    let mut bench = Command::new(&program);
    bench.args(arguments).current_dir(shell::root());
    bench.env("STAGEDOOR_BINARY", target.join("dist/stagedoor"));
    if std::env::var_os("STAGEDOOR_BENCH_DIR").is_none() {
        bench.env("STAGEDOOR_BENCH_DIR", target.join("bench"));
    }
    Err(bench.exec()).with_context(|| format!("cannot run {}", program.display()))
}
