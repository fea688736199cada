//! The server process: finding, starting, awaiting and stopping it.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::home::ClusterHome;
use crate::{Binaries, ClusterError, error};

/// Recovery after a power cut may take this long on a slow disk.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// A start truncates the log when it is larger than this.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The server of one cluster.
#[derive(Debug)]
pub struct Postmaster {
    /// The child process if we started it and have to reap it; `None` for a server that was found running.
    child: Option<Child>,
    /// The length of its log when we started or found it.
    log_bytes: u64,
}

impl Postmaster {
    /// Takes over a running server, or starts one, and waits until it accepts connections. The caller holds the starting lock.
    pub fn find_or_start(home: &ClusterHome, binaries: &Binaries) -> Result<Self, ClusterError> {
        let data = home.data();
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            match ServerState::look(home)? {
                ServerState::Ready => return Ok(Self { child: None, log_bytes: log_bytes(home) }),
                ServerState::Busy => {}
                ServerState::Nothing => match Self::start(home, binaries, deadline)? {
                    Started::Ready(server) => return Ok(server),
                    // Something else works on the data: a server that a killed start had begun, or processes of a killed server. Look
                    // again.
                    Started::InTheWay => {}
                },
            }
            if Instant::now() > deadline {
                return Err(ClusterError::failed(&data, "answer", &log_tail(home)));
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Whether it was found running.
    pub fn was_running(&self) -> bool {
        self.child.is_none()
    }

    /// Whether the server of `home` runs.
    pub fn runs(&self, home: &ClusterHome) -> bool {
        self.process_id(home).is_some()
    }

    /// Whether the server of `home` certainly does not run any more. Fails where that cannot be found out, for example because this
    /// process has no file descriptor left to look with.
    pub fn is_gone(&self, home: &ClusterHome) -> std::io::Result<bool> {
        Ok(running(&home.data())?.is_none())
    }

    /// The id of the running server's main process.
    pub fn process_id(&self, home: &ClusterHome) -> Option<u32> {
        running(&home.data()).ok().flatten().map(|process| process.id)
    }

    /// Whether it has logged a full disk since we started or found it.
    pub fn ran_out_of_disk(&self, home: &ClusterHome) -> bool {
        log_since(home, self.log_bytes).contains(error::DISK_FULL)
    }

    /// Stops it with a fast shutdown: connections are closed and committed data is written out.
    pub fn stop(&mut self, home: &ClusterHome, binaries: &Binaries) -> Result<(), ClusterError> {
        let data = home.data();
        let mut command = home.command(&binaries.program("pg_ctl"));
        command.args(["stop", "--silent", "--no-wait", "--mode=fast", "--pgdata"]).arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let failed = |error| ClusterError::at(&data, error);
        command.status().map_err(failed)?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while !self.is_gone(home).map_err(failed)? {
            if let Some(child) = &mut self.child {
                child.try_wait().ok();
            }
            if Instant::now() > deadline {
                return Err(ClusterError::failed(&data, "stop", &log_tail(home)));
            }
            sleep(Duration::from_millis(10));
        }
        if let Some(mut child) = self.child.take() {
            child.wait().ok();
        }
        Ok(())
    }

    fn start(home: &ClusterHome, binaries: &Binaries, deadline: Instant) -> Result<Started, ClusterError> {
        let data = home.data();
        let failed = |error| ClusterError::at(&data, error);
        let path = home.log();
        let long = fs::metadata(&path).is_ok_and(|found| found.len() > LOG_BYTES_MAX);
        let log = OpenOptions::new().create(true).write(true).append(!long).truncate(long).open(&path);
        let log = log.map_err(|error| ClusterError::at(&path, error))?;
        let log_bytes = log_bytes(home);
        let mut child = home
            .command(&binaries.program("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(home.socket_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(failed)?;
        if wait_until_ready(home, &mut child, deadline).map_err(failed)? {
            return Ok(Started::Ready(Self { child: Some(child), log_bytes }));
        }
        child.kill().ok();
        child.wait().ok();
        let said = log_since(home, log_bytes);
        if IN_THE_WAY.iter().any(|complaint| said.contains(complaint)) {
            return Ok(Started::InTheWay);
        }
        Err(ClusterError::failed(&data, "start", &said))
    }
}

/// What PostgreSQL says when it finds another server of the same data, or what is left of one.
const IN_THE_WAY: [&str; 3] = ["pre-existing shared memory block", "\" already exists", "\" is empty"];

/// What came of a start.
enum Started {
    Ready(Postmaster),
    /// Another server holds the data directory; it will have ended or be ready soon, so try again.
    InTheWay,
}

/// The state of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ServerState {
    /// It accepts connections.
    Ready,
    /// Some process works on the data: it starts, or it is ending.
    Busy,
    /// No process works on the data, and no files of one are left.
    Nothing,
}

impl ServerState {
    /// Looks for a server, and removes what one that was killed has left.
    fn look(home: &ClusterHome) -> Result<Self, ClusterError> {
        let data = home.data();
        let failed = |error| ClusterError::at(&data, error);
        if let Some(process) = running(&data).map_err(failed)? {
            return Ok(if process.ready && answers(home) { Self::Ready } else { Self::Busy });
        }
        if works_in(&data).map_err(failed)? || is_being_written(&data.join("postmaster.pid")) {
            return Ok(Self::Busy);
        }
        forget_dead_server(home)?;
        Ok(Self::Nothing)
    }
}

/// Whether the file is so young that a server may just be writing it: it creates it empty, before it works in the data's folder.
fn is_being_written(path: &Path) -> bool {
    let written = fs::metadata(path).and_then(|found| Ok((found.len(), found.modified()?.elapsed())));
    matches!(written, Ok((0, Ok(age))) if age < Duration::from_secs(2))
}

/// Waits until the server accepts connections; `false` when it ended or took too long.
fn wait_until_ready(home: &ClusterHome, child: &mut Child, deadline: Instant) -> std::io::Result<bool> {
    while Instant::now() < deadline {
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        if pid_file(&home.data())?.is_some_and(|process| process.id == child.id() && process.ready) && answers(home) {
            return Ok(true);
        }
        sleep(Duration::from_millis(5));
    }
    Ok(false)
}

/// Whether any process of PostgreSQL works in the data folder. Those of a killed server may run a moment longer, and a second server beside
/// them would corrupt the data. PostgreSQL's own check fails when the old process id was given to another process. Fails where nobody can
/// look, for example for want of a file descriptor.
fn works_in(data: &Path) -> std::io::Result<bool> {
    if !Path::new("/proc/self").exists() {
        return Ok(false);
    }
    for process in fs::read_dir("/proc")? {
        let process = process?.path();
        if fs::read_link(process.join("cwd")).is_ok_and(|folder| folder == data)
            && read_if_there(&process.join("cmdline"))?.contains("postgres")
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes the files that a killed server left behind, after none of its processes runs any more.
fn forget_dead_server(home: &ClusterHome) -> Result<(), ClusterError> {
    if !Path::new("/proc/self").exists() {
        return Ok(());
    }
    let socket = home.socket_dir().join(".s.PGSQL.5432");
    for path in [home.data().join("postmaster.pid"), socket.with_extension("5432.lock"), socket] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(ClusterError::at(&path, error)),
            _ => {}
        }
    }
    Ok(())
}

fn answers(home: &ClusterHome) -> bool {
    UnixStream::connect(home.socket_dir().join(".s.PGSQL.5432")).is_ok()
}

/// The content of `postmaster.pid`.
#[derive(Debug, PartialEq, Eq)]
struct PidFile {
    id: u32,
    ready: bool,
}

impl PidFile {
    /// Whether the process runs and is the server of `data`, not another process that was given its id.
    fn is_postmaster_of(&self, data: &Path) -> std::io::Result<bool> {
        if !Path::new("/proc/self").exists() {
            // Without /proc we rely on PostgreSQL's own check: it refuses to start beside a running server.
            return Ok(self.ready);
        }
        // A zombie has no command line, so it does not count as running.
        let line = read_if_there(&Path::new("/proc").join(self.id.to_string()).join("cmdline"))?;
        Ok(line.contains("postgres") && line.contains(&*data.to_string_lossy()))
    }
}

/// The running server of `data`, as its file names it; `None` where the file is missing or names no such process.
fn running(data: &Path) -> std::io::Result<Option<PidFile>> {
    let Some(process) = pid_file(data)? else { return Ok(None) };
    Ok(process.is_postmaster_of(data)?.then_some(process))
}

fn pid_file(data: &Path) -> std::io::Result<Option<PidFile>> {
    Ok(parse(&read_if_there(&data.join("postmaster.pid"))?))
}

/// The text of a file, or of a process that may end meanwhile; empty when it is not there.
fn read_if_there(path: &Path) -> std::io::Result<String> {
    match fs::read(path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        // ESRCH: the process ended while it was read.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound || error.raw_os_error() == Some(3) => {
            Ok(String::new())
        }
        Err(error) => Err(error),
    }
}

/// The process id is in the first line, the state in the eighth.
fn parse(text: &str) -> Option<PidFile> {
    let mut lines = text.lines();
    let id = lines.next()?.trim().parse().ok()?;
    Some(PidFile { id, ready: lines.nth(6).is_some_and(|state| state.trim() == "ready") })
}

fn log_bytes(home: &ClusterHome) -> u64 {
    fs::metadata(home.log()).map_or(0, |found| found.len())
}

/// What was logged after the first `bytes`.
fn log_since(home: &ClusterHome, bytes: u64) -> String {
    let mut text = Vec::new();
    let read = fs::File::open(home.log()).and_then(|mut log| {
        log.seek(SeekFrom::Start(bytes))?;
        log.read_to_end(&mut text)
    });
    read.map(|_| String::from_utf8_lossy(&text).into_owned()).unwrap_or_default()
}

fn log_tail(home: &ClusterHome) -> String {
    let text = fs::read(home.log()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text[text.len().saturating_sub(4_000)..]).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_state_of_a_server() {
        let text = "1234\n/data\n1700000000\n5432\n/socket\n\n  5 6\nready   \n";
        assert_eq!(parse(text), Some(PidFile { id: 1234, ready: true }));
        assert_eq!(parse(&text.replace("ready   ", "starting")), Some(PidFile { id: 1234, ready: false }));
        assert_eq!(parse(""), None);
    }
}
