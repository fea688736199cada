//! Starts the built program in its own folder and calls it.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use cluster::Cluster;

/// How long the start of an unoptimised program with demo data may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder that is removed when the test ends.
pub struct ProgramFolder(pub PathBuf);

impl ProgramFolder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("stagedoor-program-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder can be made");
        Self(path)
    }

    /// The address of the database in it, for another program while the cluster runs.
    pub fn database_url(&self) -> String {
        format!("postgres://stagedoor@localhost:5432/stagedoor?host={}", self.0.join("postgres/socket").display())
    }

    /// What the database in it answers to a statement, a line for each row.
    pub fn query(&self, statement: &str) -> String {
        let cluster = Cluster::start(&self.0).expect("the cluster starts");
        let mut psql = Command::new(cluster.program("psql"));
        let output = psql.args([&cluster.url(), "-AtX", "-v", "ON_ERROR_STOP=1", "-c", statement]).output();
        let output = output.expect("psql runs");
        assert!(output.status.success(), "{}", said(&output));
        String::from_utf8(output.stdout).expect("it is text")
    }

    /// The main process of the cluster in it, if one runs.
    pub fn postmaster(&self) -> Option<u32> {
        let text = fs::read_to_string(self.0.join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next()?.parse().ok()
    }
}

impl Drop for ProgramFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A command for the program with a private cluster in `folder`, without settings from the environment.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stagedoor"));
    let ours = |name: &str| ["STAGEDOOR_", "OTEL_", "PG"].iter().any(|start| name.starts_with(start));
    let inherited = std::env::vars().filter(|(name, _)| ours(name) || name == "DATABASE_URL");
    for (name, _) in inherited {
        command.env_remove(name);
    }
    command.env("STAGEDOOR_DATA_DIR", folder).stdin(Stdio::null());
    command
}

/// Runs a command of the program to its end.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    command(folder).args(arguments).output().expect("the program runs")
}

/// Both streams as text.
pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A running server.
pub struct RunningServer {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl RunningServer {
    /// Starts it and waits until it is ready.
    pub fn start(folder: &Path, environment: &[(&str, &str)]) -> Self {
        let address = free_address();
        let log = folder.join(format!("server-{}.log", address.port()));
        let file = File::create(&log).expect("a log can be made");
        let child = command(folder)
            .arg("serve")
            .env("STAGEDOOR_BIND", address.to_string())
            .envs(environment.iter().copied())
            .stdout(file.try_clone().expect("a handle"))
            .stderr(file)
            .spawn()
            .expect("the program runs");
        Self::of(child, address, log)
    }

    /// The one that `child` is, which logs into a file; waits until it is ready.
    pub fn of(child: Child, address: SocketAddr, log: PathBuf) -> Self {
        let mut server = Self { child, address, log };
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if server.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return server;
            }
            let ended = server.child.try_wait().expect("the child can be asked");
            assert!(ended.is_none(), "the server ended: {}", server.log());
            sleep(Duration::from_millis(50));
        }
        panic!("the server was not ready: {}", server.log());
    }

    /// Its output so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The same, once it says these words: what is printed is written by a thread of its own. After five seconds, whatever it says.
    pub fn log_with(&self, words: &str) -> String {
        let began = Instant::now();
        loop {
            let log = self.log();
            if log.contains(words) || began.elapsed() > Duration::from_secs(5) {
                return log;
            }
            sleep(Duration::from_millis(10));
        }
    }

    /// The file of its output, to read after it has ended.
    pub fn log_path(&self) -> PathBuf {
        self.log.clone()
    }

    /// The whole response with its head; `None` when the server does not respond.
    pub fn get(&self, path: &str) -> Option<String> {
        self.ask(path, "")
    }

    /// The same with more lines in the head.
    pub fn ask(&self, path: &str, head: &str) -> Option<String> {
        self.send("GET", path, head, "")
    }

    /// Sends JSON, with more lines in the head.
    pub fn post(&self, path: &str, head: &str, body: &str) -> Option<String> {
        let length = body.len();
        self.send("POST", path, &format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n"), body)
    }

    fn send(&self, method: &str, path: &str, head: &str, body: &str) -> Option<String> {
        let mut stream = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        let host = self.address;
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}Connection: close\r\n\r\n{body}").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// The id of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Kills it, as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Asks it to stop, as Ctrl-C does.
    pub fn begin_to_stop(&self) {
        signal("-INT", &[self.child.id()]);
    }

    /// Asks it to stop, and waits for its end.
    pub fn interrupt(self) -> bool {
        self.begin_to_stop();
        self.ends()
    }

    /// Waits for the end of one that was asked to stop; whether it is clean.
    pub fn ends(mut self) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().expect("the child can be asked") {
                return status.success();
            }
            sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

/// Sends a signal, such as `-STOP`.
pub fn signal(name: &str, processes: &[u32]) {
    let mut command = Command::new("kill");
    command.arg(name).args(processes.iter().map(ToString::to_string));
    assert!(command.status().expect("kill runs").success(), "{name} to {processes:?}");
}

/// A process and its children, which stand still until this is dropped.
pub struct Frozen(Vec<u32>);

impl Frozen {
    pub fn new(process: u32) -> Self {
        // The process first, until it stands still: a child that it was just making would be missed, and go on.
        freeze(&[process]);
        let all = family(process);
        freeze(&all);
        Self(all)
    }
}

impl Drop for Frozen {
    /// Children that were killed meanwhile are gone, which is no fault of the test.
    fn drop(&mut self) {
        let mut command = Command::new("kill");
        command.arg("-CONT").args(self.0.iter().map(ToString::to_string)).stderr(Stdio::null());
        command.status().ok();
    }
}

/// A signal is only under way when its sender goes on.
fn freeze(processes: &[u32]) {
    signal("-STOP", processes);
    while !processes.iter().all(|process| status(*process, "State:").is_none_or(|state| state.starts_with(['T', 'Z'])))
    {
        sleep(Duration::from_millis(1));
    }
}

/// A process and its children.
fn family(process: u32) -> Vec<u32> {
    let children = fs::read_dir("/proc").expect("Linux").flatten().filter_map(|entry| {
        let id: u32 = entry.file_name().to_str()?.parse().ok()?;
        (status(id, "PPid:")?.parse() == Ok(process)).then_some(id)
    });
    std::iter::once(process).chain(children).collect()
}

/// What the system says of a process, if it is still there.
fn status(process: u32, what: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix(what))?.trim().to_owned())
}

pub fn free_address() -> SocketAddr {
    TcpListener::bind(("127.0.0.1", 0)).expect("a port is free").local_addr().expect("it has an address")
}
