//! A measured server, stopped when dropped.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::BenchStage;
use crate::client::Client;

/// The longest time that a start may take, including demo data.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// The longest time that an end may take.
const STOP_TIMEOUT: Duration = Duration::from_secs(45);

/// A running process that listens on a port.
#[derive(Debug)]
pub struct MeasuredServer {
    name: &'static str,
    port: u16,
    child: Child,
}

impl MeasuredServer {
    /// Starts `command`, with what it prints in `log`, and waits until `port` takes connections.
    pub fn start(name: &'static str, port: u16, command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
        command.stdout(output.try_clone()?).stderr(output);
        Self::start_printing(name, port, command, log)
    }

    /// Starts `command`, whose output goes where it was told, and waits until `port` takes connections.
    pub fn start_printing(name: &'static str, port: u16, command: &mut Command, log: &Path) -> anyhow::Result<Self> {
        command.stdin(Stdio::null());
        let child = command.spawn().with_context(|| format!("{name} did not start"))?;
        let mut server = Self { name, port, child };
        let deadline = Instant::now() + START_TIMEOUT;
        while TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], port))).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("{name} ended at once ({status}); see {}", log.display());
            }
            if Instant::now() > deadline {
                bail!("{name} does not listen on port {port}; see {}", log.display());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(server)
    }

    /// Starts our program on `database_url` and waits until it is ready.
    pub async fn start_ours(
        stage: &BenchStage,
        name: &'static str,
        database_url: &str,
        demo: &str,
    ) -> anyhow::Result<Self> {
        Self::start_with(stage, name, database_url, &[("STAGEDOOR_DEMO", demo)]).await
    }

    /// The same with these settings from the environment; what it prints is in `name.log`.
    pub async fn start_with(
        stage: &BenchStage,
        name: &'static str,
        database_url: &str,
        settings: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = stage.program(database_url);
        command.arg("serve").env("STAGEDOOR_BIND", format!("127.0.0.1:{port}")).envs(settings.iter().copied());
        let mut server = Self::start(name, port, &mut command, &stage.scratch.join(format!("{name}.log")))?;
        server.wait_until_ready().await?;
        Ok(server)
    }

    /// Waits until our server says that it can serve.
    pub async fn wait_until_ready(&mut self) -> anyhow::Result<()> {
        let (client, deadline) = (self.client(), Instant::now() + START_TIMEOUT);
        while !client.answers("/readyz").await {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended at once ({status}); its log says why", self.name);
            }
            if Instant::now() > deadline {
                bail!("{} is not ready after two minutes", self.name);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Kills the process without warning.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Whether the process runs.
    pub fn runs(&mut self) -> anyhow::Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// Asks the process to stop, and says how long it took. One that does not stop is an error.
    pub async fn stop(&mut self) -> anyhow::Result<Duration> {
        let (id, asked) = (self.child.id().to_string(), Instant::now());
        Command::new("kill").args(["-TERM", &id]).status()?;
        while asked.elapsed() < STOP_TIMEOUT {
            if self.child.try_wait()?.is_some() {
                return Ok(asked.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{} did not stop within {STOP_TIMEOUT:?}", self.name)
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The address of `path` on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// A client of this server.
    pub fn client(&self) -> Client {
        Client::new(self.url(""))
    }
}

impl Drop for MeasuredServer {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        // SIGTERM first, so that the server releases what it holds.
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        for _ in 0..200 {
            if told.is_err() || !matches!(self.child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl BenchStage {
    /// Our program on `database_url`, without limits on how often one address may call and how much a customer leaves unpaid.
    pub fn program(&self, database_url: &str) -> Command {
        Self::program_of(&self.program, database_url)
    }

    /// The same of another build.
    pub fn program_of(program: &Path, database_url: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("DATABASE_URL", database_url)
            .env("STAGEDOOR_RATE_FACTOR", "1000000")
            .env("STAGEDOOR_UNPAID_MAX", "0");
        command
    }
}

/// A port that is free now.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
