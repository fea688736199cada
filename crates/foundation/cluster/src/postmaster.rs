//! The server process: found or started, awaited, stopped.

use std::fs::{self, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::place::Place;
use crate::{Binaries, ClusterError, error};

/// Recovery after a power cut may take this long on a slow disk.
const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// The log starts afresh beyond this size.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The server of one place.
#[derive(Debug)]
pub struct Postmaster {
    /// Ours if we started it, to be reaped; a server that was found has another parent.
    child: Option<Child>,
    /// How long its log was when we came.
    log_bytes: u64,
}

impl Postmaster {
    /// Takes over the server that runs, or starts one and waits until it answers.
    pub fn find_or_start(place: &Place, binaries: &Binaries) -> Result<Self, ClusterError> {
        let data = place.data();
        let deadline = Instant::now() + START_TIMEOUT;
        while let Some(process) = process_of(&data) {
            if !process.is_postmaster_of(&data) && !works_in(&data) {
                forget_dead_server(place)?;
                break;
            }
            if process.ready && answers(place) {
                return Ok(Self { child: None, log_bytes: log_bytes(place) });
            }
            if Instant::now() > deadline {
                return Err(ClusterError::failed(&data, "answer", &log_tail(place)));
            }
            sleep(Duration::from_millis(20));
        }
        Self::start(place, binaries)
    }

    /// Whether it was found running.
    pub fn was_running(&self) -> bool {
        self.child.is_none()
    }

    /// Whether the server of `place` lives.
    pub fn runs(&self, place: &Place) -> bool {
        self.process_id(place).is_some()
    }

    /// The number of the living server's first process.
    pub fn process_id(&self, place: &Place) -> Option<u32> {
        let data = place.data();
        process_of(&data).filter(|process| process.is_postmaster_of(&data)).map(|process| process.id)
    }

    /// Whether it has complained of a full disk since we came.
    pub fn ran_out_of_disk(&self, place: &Place) -> bool {
        let mut text = Vec::new();
        let read = fs::File::open(place.log()).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.log_bytes))?;
            log.read_to_end(&mut text)
        });
        read.is_ok() && String::from_utf8_lossy(&text).contains(error::DISK_FULL)
    }

    /// Stops it: sessions are ended, what was committed is written out.
    pub fn stop(&mut self, place: &Place, binaries: &Binaries) -> Result<(), ClusterError> {
        let data = place.data();
        let mut command = place.command(&binaries.program("pg_ctl"));
        command.args(["stop", "--silent", "--no-wait", "--mode=fast", "--pgdata"]).arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().map_err(|error| ClusterError::at(&data, error))?;
        let deadline = Instant::now() + STOP_TIMEOUT;
        while self.runs(place) {
            if let Some(child) = &mut self.child {
                child.try_wait().ok();
            }
            if Instant::now() > deadline {
                return Err(ClusterError::failed(&data, "stop", &log_tail(place)));
            }
            sleep(Duration::from_millis(10));
        }
        if let Some(mut child) = self.child.take() {
            child.wait().ok();
        }
        Ok(())
    }

    fn start(place: &Place, binaries: &Binaries) -> Result<Self, ClusterError> {
        let data = place.data();
        let failed = |error| ClusterError::at(&data, error);
        let path = place.log();
        let long = fs::metadata(&path).is_ok_and(|found| found.len() > LOG_BYTES_MAX);
        let log = OpenOptions::new().create(true).write(true).append(!long).truncate(long).open(&path);
        let log = log.map_err(|error| ClusterError::at(&path, error))?;
        let log_bytes = log_bytes(place);
        let started = Instant::now();
        loop {
            let mut child = place
                .command(&binaries.program("postgres"))
                .arg("-D")
                .arg(&data)
                .arg("-k")
                .arg(place.socket_dir())
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log.try_clone().map_err(failed)?)
                .spawn()
                .map_err(failed)?;
            if wait_until_ready(place, &mut child, started).map_err(failed)? {
                return Ok(Self { child: Some(child), log_bytes });
            }
            // After a kill, processes of the old server may hold its shared memory for a moment.
            let tail = log_tail(place);
            if started.elapsed() > START_TIMEOUT || !tail.contains("pre-existing shared memory block") {
                child.kill().ok();
                child.wait().ok();
                return Err(ClusterError::failed(&data, "start", &tail));
            }
            sleep(Duration::from_millis(100));
        }
    }
}

/// `false` when the server gave up.
fn wait_until_ready(place: &Place, child: &mut Child, started: Instant) -> std::io::Result<bool> {
    while started.elapsed() < START_TIMEOUT {
        if child.try_wait()?.is_some() {
            return Ok(false);
        }
        if process_of(&place.data()).is_some_and(|process| process.id == child.id() && process.ready) && answers(place)
        {
            return Ok(true);
        }
        sleep(Duration::from_millis(5));
    }
    Ok(false)
}

/// Whether any process works in the data folder. Those of a killed server live on for a moment, and starting another beside
/// them would spoil the data; PostgreSQL's own check is fooled by a number that was given to another process meanwhile.
fn works_in(data: &Path) -> bool {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes.into_iter().any(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|folder| folder == data))
}

/// Removes what a killed server could not, now that nothing of it lives.
fn forget_dead_server(place: &Place) -> Result<(), ClusterError> {
    if !Path::new("/proc/self").exists() {
        return Ok(());
    }
    let socket = place.socket_dir().join(".s.PGSQL.5432");
    for path in [place.data().join("postmaster.pid"), socket.with_extension("5432.lock"), socket] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(ClusterError::at(&path, error)),
            _ => {}
        }
    }
    Ok(())
}

fn answers(place: &Place) -> bool {
    UnixStream::connect(place.socket_dir().join(".s.PGSQL.5432")).is_ok()
}

/// What `postmaster.pid` says.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    id: u32,
    ready: bool,
}

impl Process {
    /// Whether the process lives and is the server of `data`, not another that got its number.
    fn is_postmaster_of(&self, data: &Path) -> bool {
        let folder = Path::new("/proc").join(self.id.to_string());
        if !Path::new("/proc/self").exists() {
            // Without /proc PostgreSQL's own check has to do: it refuses to start beside a living server.
            return self.ready;
        }
        // A finished child that nobody reaped has no command line any more.
        fs::read(folder.join("cmdline")).is_ok_and(|line| {
            let line = String::from_utf8_lossy(&line).into_owned();
            line.contains("postgres") && line.contains(&*data.to_string_lossy())
        })
    }
}

fn process_of(data: &Path) -> Option<Process> {
    parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)
}

/// The number stands in the first line, the state in the eighth.
fn parse(text: &str) -> Option<Process> {
    let mut lines = text.lines();
    let id = lines.next()?.trim().parse().ok()?;
    Some(Process { id, ready: lines.nth(6).is_some_and(|state| state.trim() == "ready") })
}

fn log_bytes(place: &Place) -> u64 {
    fs::metadata(place.log()).map_or(0, |found| found.len())
}

fn log_tail(place: &Place) -> String {
    let text = fs::read(place.log()).unwrap_or_default();
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
        assert_eq!(parse(text), Some(Process { id: 1234, ready: true }));
        assert_eq!(parse(&text.replace("ready   ", "starting")), Some(Process { id: 1234, ready: false }));
        assert_eq!(parse(""), None);
    }
}
