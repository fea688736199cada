//! Paths of the repository, and running other programs.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The top of the repository.
pub fn root() -> PathBuf {
    // Read at run time: where several clones share a build folder, this program may have been built in another clone.
    let said_by_cargo = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = said_by_cargo.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    manifest.parent().expect("xtask lies in a folder of the repository").to_owned()
}

/// Cargo's target folder, found from the path of this program, which was built there.
pub fn target() -> Result<PathBuf> {
    let program = std::env::current_exe().context("cannot tell where this program lies")?;
    let target = program.ancestors().nth(2).context("this program does not lie in a target folder")?;
    Ok(target.to_owned())
}

/// Prints the current step.
pub fn heading(text: &str) {
    eprintln!("\x1b[1m== {text}\x1b[0m");
}

/// A command for `cargo` at the top of the repository, without the variables that cargo set for this program.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    clear_variables(&mut command);
    command
}

/// Takes the variables away that cargo set for this program, and the database that statements would be checked against.
pub fn clear_variables(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name == "DATABASE_URL" {
            command.env_remove(&*name);
        }
    }
}

/// Runs a command to its end; the error names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let name = name(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot run `{name}`"))?;
    if !status.success() {
        bail!("`{name}` failed ({status})");
    }
    Ok(())
}

/// Runs a command to its end and returns its output; the error includes its standard error.
pub fn capture(command: &mut Command) -> Result<String> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{name}`"))?;
    if !output.status.success() {
        bail!("`{name}` failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command to its end and shows nothing of it; the error includes all that it printed.
pub fn quietly(command: &mut Command) -> Result<()> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run `{name}`"))?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
        bail!("`{name}` failed ({}):\n{}", output.status, said.join("\n"));
    }
    Ok(())
}

/// Runs a command to its end and shows its output; returns the output and whether the command succeeded.
pub fn tee(command: &mut Command) -> Result<(bool, String)> {
    let name = name(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot run `{name}`"))?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let text = std::thread::scope(|scope| {
        let out = scope.spawn(|| out.map(echo).unwrap_or_default());
        let err = err.map(echo).unwrap_or_default();
        out.join().unwrap_or_default() + &err
    });
    Ok((child.wait()?.success(), text))
}

/// Whether `program` is on the path.
pub fn has(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}

fn echo(stream: impl Read) -> String {
    let mut text = String::new();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        println!("{line}");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args()).take(4);
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
