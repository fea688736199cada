//! `cargo xtask run`: installs what is missing, builds, and starts the site.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{frontend, machine, shell};

/// Prepares, builds, and executes the server, which starts the private cluster, migrates, and loads demo data.
pub fn run() -> Result<ExitCode> {
    machine::provide_for_running()?;
    frontend::build()?;
    // Cargo shows its own progress, and prints nothing when everything is built.
    shell::run(shell::cargo().args(["build", "--release", "--package", "stagedoor"]))?;
    let program = shell::target()?.join("release/stagedoor");
    let mut server = Command::new(&program);
    server.arg("serve").current_dir(shell::root());
    if std::env::var_os("STAGEDOOR_DEMO").is_none() {
        server.env("STAGEDOOR_DEMO", "demo");
    }
    // `exec` replaces this process, so that Ctrl-C reaches the server directly.
    Err(server.exec()).with_context(|| format!("cannot run {}", program.display()))
}
