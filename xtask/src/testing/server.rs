//! `stagedoor serve` on a free port with its own database and a small demo site, for tests that call it over HTTP.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::shell;

/// Loading the demo site with an unoptimised program is slow.
const READY_TIMEOUT: Duration = Duration::from_secs(180);
/// A drain may take 25 seconds.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);

/// A running server. Dropping it kills it; `stop` asks.
#[derive(Debug)]
pub struct TestServer {
    child: Child,
    pub address: SocketAddr,
    /// Its log.
    pub log: PathBuf,
}

impl TestServer {
    /// Starts the unoptimised program that was built last, and waits until it is ready.
    pub fn start(database_url: &str) -> Result<Self> {
        let target = shell::target()?;
        let (folder, program) = (target.join("test-site"), target.join("debug/stagedoor"));
        fs::create_dir_all(&folder)?;
        let log = folder.join("server.log");
        let address = free_address()?;
        let child = Command::new(&program)
            .arg("serve")
            .current_dir(shell::root())
            .env("DATABASE_URL", database_url)
            .env("STAGEDOOR_BIND", address.to_string())
            .env("STAGEDOOR_DATA_DIR", &folder)
            .env("STAGEDOOR_DEMO", "lite")
            // Tests make more requests a minute than the limit for one address.
            .env("STAGEDOOR_RATE_FACTOR", "1000")
            .env("STAGEDOOR_UNPAID_MAX", "0")
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .with_context(|| format!("cannot run {}", program.display()))?;
        let mut server = Self { child, address, log };
        server.wait_until_ready()?;
        Ok(server)
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let started = Instant::now();
        while started.elapsed() < READY_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}):\n{}", tail(&self.log));
            }
            if answers(self.address, "/readyz") {
                return Ok(());
            }
            sleep(Duration::from_millis(100));
        }
        bail!("the server was not ready within {} s:\n{}", READY_TIMEOUT.as_secs(), tail(&self.log))
    }

    /// Asks it to stop, as an operator would, and expects success.
    pub fn stop(mut self) -> Result<()> {
        shell::run(Command::new("kill").args(["-TERM", &self.child.id().to_string()]))?;
        let started = Instant::now();
        while started.elapsed() < STOP_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                if !status.success() {
                    bail!("the server ended with {status} when asked to stop:\n{}", tail(&self.log));
                }
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        bail!("the server did not stop within {} s:\n{}", STOP_TIMEOUT.as_secs(), tail(&self.log))
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// A port that nobody listens at.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}

/// Whether the server answers `path` with success.
pub fn answers(address: SocketAddr, path: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer.starts_with(b"HTTP/1.1 200"))
    };
    ask().unwrap_or(false)
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
