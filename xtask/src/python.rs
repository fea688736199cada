//! Python environments, each made once from a list of packages.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// The folder with the programs of the environment `name`, into which pip has installed `packages`. `stamp` says what those are: when it
/// differs from the last time, the environment is made anew.
pub fn environment(name: &str, packages: &[&str], stamp: &str) -> Result<PathBuf> {
    let folder = shell::target()?.join(name);
    let (programs, mark) = (folder.join("bin"), folder.join("installed"));
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == stamp) {
        return Ok(programs);
    }
    shell::heading(&format!("Installing {name}"));
    shell::run(Command::new("/usr/bin/python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let mut pip = Command::new(programs.join("pip"));
    shell::run(
        pip.current_dir(shell::root()).args(["install", "--quiet", "--disable-pip-version-check"]).args(packages),
    )?;
    fs::write(mark, stamp)?;
    Ok(programs)
}
