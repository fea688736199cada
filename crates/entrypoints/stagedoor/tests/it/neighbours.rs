//! A log that nobody reads, an output that is closed, a database that stands still: the server goes on and can be stopped.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::program::{ProgramFolder, RunningServer, command, free_address};

/// Longer than any limit of the server.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let folder = ProgramFolder::new("unread");
    let address = free_address();
    // The pipes of this child are held, and never read.
    let child = command(&folder.0)
        .arg("serve")
        .env("STAGEDOOR_BIND", address.to_string())
        .env("STAGEDOOR_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let server = RunningServer::of(child, address, folder.0.join("none"));
    // Each request logs more than a pipe of 64 kB takes in ten, warnings among it.
    for _ in 0..40 {
        assert!(server.get("/").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    }
    assert!(server.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    assert!(server.interrupt(), "it can be stopped");
}

#[test]
fn an_output_that_is_closed_ends_nothing() {
    let folder = ProgramFolder::new("closed");
    let address = free_address();
    let mut child: Child = command(&folder.0)
        .arg("serve")
        .env("STAGEDOOR_BIND", address.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop((child.stdout.take(), child.stderr.take()));
    let server = RunningServer::of(child, address, folder.0.join("none"));
    assert!(server.get("/").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    assert!(server.interrupt(), "the end is clean");
}

#[test]
fn a_database_that_stands_still_keeps_nobody_waiting_for_long() {
    let folder = ProgramFolder::new("still");
    let server = RunningServer::start(&folder.0, &[]);
    let postmaster = folder.postmaster().expect("the cluster runs");
    let stopped = Processes::stop(postmaster);
    let (asked, key) =
        (Instant::now(), "Authorization: Bearer stagedoor_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n");
    let refused = server.ask("/api/me", key).expect("it answers");
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after"), "{refused}");
    let cookie = server.ask("/dashboard", "Cookie: __Host-stagedoor=nobody\r\n").expect("it answers");
    assert!(cookie.starts_with("HTTP/1.1 503"), "{cookie}");
    assert!(server.get("/").is_some_and(|answer| !answer.is_empty()), "a page answers as well");
    assert!(asked.elapsed() < PATIENCE, "took {:?}", asked.elapsed());
    assert!(server.get("/livez").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")));
    await_readiness(&server, "HTTP/1.1 503");
    drop(stopped);
    await_readiness(&server, "HTTP/1.1 200");
    assert!(server.interrupt(), "the end is clean");
}

fn await_readiness(server: &RunningServer, status: &str) {
    let started = Instant::now();
    while !server.get("/readyz").is_some_and(|answer| answer.starts_with(status)) {
        assert!(started.elapsed() < PATIENCE, "not {status}: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The processes of a private cluster, which stand still until this is dropped.
struct Processes(Vec<u32>);

impl Processes {
    fn stop(postmaster: u32) -> Self {
        // The main process first, so that it starts no others.
        signal("-STOP", postmaster);
        let processes: Vec<u32> = fs::read_dir("/proc")
            .expect("/proc can be read")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter(|id| parent_of(*id) == Some(postmaster))
            .collect();
        processes.iter().for_each(|id| signal("-STOP", *id));
        Self(processes.into_iter().chain([postmaster]).collect())
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.0.iter().for_each(|id| signal("-CONT", *id));
    }
}

fn signal(name: &str, id: u32) {
    Command::new("kill").args([name, &id.to_string()]).status().expect("kill runs");
}

fn parent_of(id: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}
