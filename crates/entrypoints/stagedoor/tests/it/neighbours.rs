//! A log that nobody reads, an output that is closed, a database that stands still: the server goes on and can be stopped.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::program::{Frozen, ProgramFolder, RunningServer, command, free_address, said};

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
    let frozen = Frozen::new(postmaster);
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
    drop(frozen);
    await_readiness(&server, "HTTP/1.1 200");
    assert!(server.interrupt(), "the end is clean");
}

#[test]
fn without_a_descriptor_the_log_says_so_and_not_that_the_database_has_died() {
    let folder = ProgramFolder::new("files");
    let server = RunningServer::start(&folder.0, &[]);
    let postmaster = folder.postmaster().expect("the cluster runs");
    // What is open stays open; nothing more can be opened. One connection waits meanwhile, and the cluster is looked after every second.
    let enough = limit_files(&server, Some(1));
    let waiting = TcpStream::connect(server.address).expect("the system takes it");
    std::thread::sleep(Duration::from_millis(2_500));
    limit_files(&server, enough);
    drop(waiting);
    await_readiness(&server, "HTTP/1.1 200");
    let log = server.log();
    for said in ["connections could not be accepted", "could not be looked after", "Too many open files"] {
        assert!(log.contains(said), "{said:?} in {log}");
    }
    assert!(!log.contains("had died"), "{log}");
    assert_eq!(folder.postmaster(), Some(postmaster), "it was left alone");
    assert!(server.interrupt(), "the end is clean");
}

#[test]
fn a_process_that_may_open_too_few_files_says_so_and_does_not_start() {
    let folder = ProgramFolder::new("few-files");
    let mut serve = command(&folder.0);
    serve.arg("serve").env("STAGEDOOR_BIND", free_address().to_string());
    let program = serve.get_program().to_owned();
    let mut limited = std::process::Command::new("prlimit");
    limited.arg("--nofile=32:32").arg(program).arg("serve").env_clear();
    limited.envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.output().expect("the program runs");
    assert!(!output.status.success() && said(&output).contains("ulimit -Hn"), "{}", said(&output));
}

/// Its reply has no end, and what waits for it is cut off like any other job.
#[test]
fn a_mail_server_that_never_ends_its_reply_keeps_nobody_from_stopping() {
    let folder = ProgramFolder::new("endless");
    let mail = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let smtp = format!("smtp://{}", mail.local_addr().expect("it listens"));
    let (tell, came) = channel();
    std::thread::spawn(move || {
        for client in mail.incoming().map_while(Result::ok) {
            tell.send(()).ok();
            std::thread::spawn(move || talk_without_end(client));
        }
    });
    let server = RunningServer::start(&folder.0, &[("STAGEDOOR_SMTP_URL", &smtp)]);
    let wish = r#"{"email":"new@example.org","password":"a long enough secret","display_name":"New","time_zone":"Europe/Lisbon"}"#;
    let answer = server.post("/api/auth/register", "", wish).expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    came.recv_timeout(PATIENCE).expect("the mail is tried");
    let began = Instant::now();
    assert!(server.interrupt(), "the end is clean");
    assert!(began.elapsed() < Duration::from_secs(12), "took {:?}", began.elapsed());
}

fn talk_without_end(mut client: TcpStream) -> std::io::Result<()> {
    client.write_all(b"220 mail.example ready\r\n")?;
    let _ = client.read(&mut [0; 1_024])?;
    loop {
        client.write_all(&b"250-\r\n".repeat(1_000))?;
    }
}

/// Limits how many files the server may have open, and returns the limit of before.
fn limit_files(server: &RunningServer, current: Option<u64>) -> Option<u64> {
    let process = i32::try_from(server.process()).ok().and_then(Pid::from_raw);
    let maximum = getrlimit(Resource::Nofile).maximum;
    prlimit(process, Resource::Nofile, Rlimit { current, maximum }).expect("it is our child").current
}

fn await_readiness(server: &RunningServer, status: &str) {
    let started = Instant::now();
    while !server.get("/readyz").is_some_and(|answer| answer.starts_with(status)) {
        assert!(started.elapsed() < PATIENCE, "not {status}: {}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}
