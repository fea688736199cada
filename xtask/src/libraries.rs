//! Whether the libraries that we build on may be used: `cargo deny` with `deny.toml`.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};

use crate::{machine, shell, tools};

/// Bans, licences and sources; needs no more of the network than a build.
pub fn check() -> Result<()> {
    shell::quietly(deny()?.args([
        "check",
        "--hide-inclusion-graph",
        "--allow",
        "duplicate",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// `cargo xtask audit`: that and the advisories of the RustSec database, which is fetched first.
pub fn audit() -> Result<ExitCode> {
    machine::provide_for_python()?;
    shell::run(deny()?.args(["check", "--hide-inclusion-graph", "--allow", "duplicate"]))
        .context("SECURITY.md says by when a library with an advisory is replaced")?;
    Ok(ExitCode::SUCCESS)
}

fn deny() -> Result<Command> {
    let mut command = Command::new(tools::programs()?.join("cargo-deny"));
    command.current_dir(shell::root());
    Ok(command)
}
