//! `cargo xtask run`: installs what is missing, builds, and starts the site.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{frontend, machine, shell};

/// Prepares, builds, and executes the server, which starts the private cluster, migrates, and loads demo data. `timings` keeps a report of
/// what each crate took to build.
pub fn run(timings: bool) -> Result<ExitCode> {
    machine::provide_for_running()?;
    frontend::build()?;
    // Cargo shows its own progress, and prints nothing when everything is built.
    let mut cargo = shell::cargo();
    cargo.args(["build", "--profile", "local", "--package", "stagedoor", "--no-default-features"]);
    shell::run(if timings { cargo.arg("--timings") } else { &mut cargo })?;
    let program = shell::target()?.join("local/stagedoor");
    let mut server = Command::new(&program);
    server.arg("serve").current_dir(shell::root());
    if std::env::var_os("STAGEDOOR_DEMO").is_none() {
        server.env("STAGEDOOR_DEMO", "demo");
    }
    // `exec` replaces this process, so that Ctrl-C reaches the server directly.
    Err(server.exec()).with_context(|| format!("cannot run {}", program.display()))
}
