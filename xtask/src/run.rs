//! `cargo xtask run`: from a bare machine to a site in the browser.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{frontend, machine, shell};

/// Prepares, builds, and becomes the server. The server itself starts the private cluster, migrates, and loads demo data.
pub fn run(timings: bool) -> Result<ExitCode> {
    machine::provide_for_running()?;
    frontend::build()?;
    // Cargo shows its own progress, and says nothing when there is nothing to build.
    let mut cargo = shell::cargo();
    cargo.args(["build", "--profile", "local", "--package", "stagedoor", "--no-default-features"]);
    shell::run(if timings { cargo.arg("--timings") } else { &mut cargo })?;
    let program = shell::target()?.join("local/stagedoor");
    let mut server = Command::new(&program);
    server.arg("serve").current_dir(shell::root());
    if std::env::var_os("STAGEDOOR_DEMO").is_none() {
        server.env("STAGEDOOR_DEMO", "demo");
    }
    // Becoming the server, instead of waiting for it, leaves nobody between it and Ctrl-C.
    Err(server.exec()).with_context(|| format!("cannot run {}", program.display()))
}
