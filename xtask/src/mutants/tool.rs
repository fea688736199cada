//! `cargo-mutants`, installed below the target folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::plan::MutantGroup;
use crate::{shell, stamp};

const VERSION: &str = "27.1.0";

/// An empty folder for what becomes of a group.
pub fn fresh_output(group: &MutantGroup) -> Result<PathBuf> {
    let folder = shell::target()?.join("mutants").join(&group.package);
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The command that tries the files of a group with the tests of their crate, on a copy of the repository. `tests` is the database of
/// the tests.
pub fn command(group: &MutantGroup, folder: &Path, tests: &str) -> Result<Command> {
    let mut command = Command::new(program()?);
    shell::clear_variables(&mut command);
    command.current_dir(shell::root()).arg("mutants").args(["--no-config", "--no-shuffle", "--colors", "never"]);
    command.args(["--minimum-test-timeout", "60"]).arg("--output").arg(folder);
    command.args(["--package", &group.package]).args(group.paths.iter().flat_map(|path| ["--file", path]));
    if shell::capture(shell::cargo().args(["nextest", "--version"])).is_ok() {
        command.args(["--test-tool", "nextest"]);
    }
    // The copies share what is built for them, so that libraries are built once.
    command.env("CARGO_TARGET_DIR", shell::target()?.join("mutants/build"));
    command.env("STAGEDOOR_TEST_DATABASE_URL", tests);
    Ok(command)
}

/// The same for those that have survived, with flows of the testkit.
pub fn with_flows(mut command: Command, group: &MutantGroup) -> Command {
    command.args(["--iterate", "--test-package", "testkit", "--", "--"]).args(&group.flows);
    command
}

/// Runs it; survivors are no failure of the tool.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.stdin(Stdio::null()).status().context("cannot run cargo-mutants")?;
    match status.code() {
        // Everything was caught, something survived, something timed out.
        Some(0 | 2 | 3) => Ok(()),
        Some(4) => bail!("the tests fail without a change too; see above"),
        _ => bail!("cargo-mutants failed ({status})"),
    }
}

fn program() -> Result<PathBuf> {
    let folder = shell::target()?.join("cargo-tools");
    let (program, mark) = (folder.join("bin/cargo-mutants"), folder.join("cargo-mutants.installed"));
    if !stamp::is_current(&mark, VERSION) || !program.is_file() {
        shell::heading("Installing cargo-mutants");
        let mut install = shell::cargo();
        install.args(["install", "--quiet", "--locked", "--version", VERSION, "cargo-mutants", "--root"]).arg(&folder);
        shell::run(&mut install)?;
        stamp::keep(&mark, VERSION)?;
    }
    Ok(program)
}
