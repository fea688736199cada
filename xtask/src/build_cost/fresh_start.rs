//! Measures a first start as a new developer does it: clone, `cargo xtask run`, open the page.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell;
use crate::testing::server::{answers, free_address};

/// The time after which a start counts as stuck.
const GIVE_UP: Duration = Duration::from_secs(30 * 60);

/// A start from nothing.
#[derive(Debug)]
pub struct FreshStart {
    /// From the clone to the open page.
    pub waited: Duration,
    /// Cargo's report of what each crate took.
    pub report: PathBuf,
}

/// Clones the committed files and starts the site there. The clone is deleted afterwards; the report is kept.
pub fn measure() -> Result<FreshStart> {
    let folder = shell::target()?.join("fresh-start");
    let clone = folder.join("stagedoor");
    fs::remove_dir_all(&clone).ok();
    fs::create_dir_all(&folder)?;
    let began = Instant::now();
    let mut git = Command::new("git");
    shell::run(git.args(["clone", "--quiet", "--no-hardlinks"]).arg(shell::root()).arg(&clone))?;
    let address = free_address()?;
    let mut server = start(&clone, address)?;
    let opened = wait_until_open(&mut server, address, began);
    stop(&mut server)?;
    opened?;
    let waited = began.elapsed();
    let report = folder.join("timings.html");
    fs::copy(clone.join("target/cargo-timings/cargo-timing.html"), &report).context("cargo left no report")?;
    fs::remove_dir_all(&clone)?;
    Ok(FreshStart { waited, report })
}

/// `cargo xtask run` replaces itself with the server (`exec`), so stopping this process stops the server.
fn start(clone: &Path, address: SocketAddr) -> Result<Child> {
    let mut cargo = shell::cargo();
    cargo.current_dir(clone).args(["xtask", "run", "--timings"]).stdin(Stdio::null());
    cargo.env_remove("CARGO_TARGET_DIR").env("STAGEDOOR_BIND", address.to_string());
    cargo.spawn().context("cannot run `cargo xtask run` in the clone")
}

fn wait_until_open(server: &mut Child, address: SocketAddr, began: Instant) -> Result<()> {
    while began.elapsed() < GIVE_UP {
        if let Some(status) = server.try_wait()? {
            bail!("`cargo xtask run` ended with {status} before the page was open");
        }
        if answers(address, "/") {
            return Ok(());
        }
        sleep(Duration::from_millis(200));
    }
    bail!("the page was not open within {} min", GIVE_UP.as_secs() / 60)
}

fn stop(server: &mut Child) -> Result<()> {
    shell::run(Command::new("kill").args(["-TERM", &server.id().to_string()])).ok();
    server.wait()?;
    Ok(())
}
