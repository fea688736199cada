//! Builds styles, fonts and islands when their sources have changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::{shell, stamp};

/// The oldest Node.js that the bundler runs on.
const NODE_VERSION_MIN: (u32, u32) = (20, 19);

/// Brings `frontend/dist` up to date.
pub fn build() -> Result<()> {
    let folder = folder();
    install()?;
    // Fonts are made by the build. If they counted as sources, a fresh checkout would build everything twice.
    let sources = stamp::files_below(&folder, &["node_modules", "dist", "fonts", "results"])?;
    let (place, current) = (folder.join("node_modules/.built"), stamp::of(&sources)?);
    if folder.join("dist/manifest.json").is_file() && stamp::is_current(&place, &current) {
        return Ok(());
    }
    shell::heading("Building the front end");
    shell::run(npm()?.args(["run", "--silent", "build"]))?;
    stamp::keep(&place, &current)
}

/// Installs the packages of the lock file, unless they are installed.
pub fn install() -> Result<()> {
    let folder = folder();
    let (place, current) = (folder.join("node_modules/.installed"), stamp::of(&[folder.join("package-lock.json")])?);
    if stamp::is_current(&place, &current) {
        return Ok(());
    }
    shell::heading("Fetching the front end's packages");
    shell::run(npm()?.args(["ci", "--no-audit", "--no-fund"]))?;
    stamp::keep(&place, &current)
}

/// A command for `npm` in the front end's folder, with a recent enough Node.js.
pub fn npm() -> Result<Command> {
    with_node("npm")
}

/// A command for a recent enough `node` in the front end's folder.
pub fn node() -> Result<Command> {
    with_node("node")
}

fn folder() -> PathBuf {
    shell::root().join("frontend")
}

fn with_node(program: &str) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(folder());
    if version(Path::new("node")).is_some_and(|version| version >= NODE_VERSION_MIN) {
        return Ok(command);
    }
    let folder = newer_node()?;
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(folder.clone()).chain(std::env::split_paths(&paths));
    command.env("PATH", std::env::join_paths(paths).context("PATH cannot be extended")?);
    if program == "node" {
        command = {
            let mut direct = Command::new(folder.join("node"));
            direct.current_dir(self::folder());
            direct
        };
    }
    Ok(command)
}

/// A Node.js from the npm registry, for systems whose own is too old (Debian 12 has 18).
fn newer_node() -> Result<PathBuf> {
    let place = shell::target()?.join("node");
    let folder = place.join("node_modules/node/bin");
    if version(&folder.join("node")).is_none() {
        shell::heading("Fetching Node.js 22: the system's is older than 20.19, which the bundler needs");
        fs::create_dir_all(&place)?;
        let mut npm = Command::new("npm");
        npm.current_dir(&place)
            .args(["install", "--no-audit", "--no-fund", "--no-save", "node@22", "--prefix"])
            .arg(&place);
        shell::run(&mut npm)?;
    }
    if version(&folder.join("node")).is_none() {
        bail!("Node.js is older than 20.19 and a newer one cannot be fetched; install Node.js 22 and start again");
    }
    Ok(folder)
}

fn version(program: &Path) -> Option<(u32, u32)> {
    let text = shell::capture(Command::new(program).arg("--version")).ok()?;
    let mut parts = text.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
