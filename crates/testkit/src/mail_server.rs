//! A real SMTP server (`aiosmtpd`) on loopback that reports every command it receives.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

const SCRIPT: &str = include_str!("mail_server.py");

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct MailServer {
    child: Child,
    events: BufReader<ChildStdout>,
    pub port: u16,
}

impl MailServer {
    /// A server on any port that accepts every mail.
    pub fn start() -> Self {
        Self::start_with(&json!({}))
    }

    /// A server with `port`, `refuse`, `user`, `password` or `certificate`.
    pub fn start_with(options: &Value) -> Self {
        let mut child = Command::new(python())
            .args(["-c", SCRIPT, &options.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It prints warnings about what tests do on purpose. If it cannot run, no event arrives and the test fails.
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 runs");
        let events = BufReader::new(child.stdout.take().expect("its output is piped"));
        let mut server = Self { child, events, port: 0 };
        let listening = server.next_event();
        server.port = listening["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("it has a port");
        server
    }

    /// Waits for the next event: an object with `event`.
    pub fn next_event(&mut self) -> Value {
        self.read().expect("the mail server ended; `cargo xtask test` installs what it needs")
    }

    /// Stops it and returns the events that were not read.
    pub fn stop(mut self) -> Vec<Value> {
        drop(self.child.stdin.take());
        std::iter::from_fn(|| self.read()).collect()
    }

    fn read(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.events.read_line(&mut line).expect("its output can be read");
        serde_json::from_str(&line).ok()
    }
}

/// The system's Python, because Debian's package of `aiosmtpd` is installed for that one.
fn python() -> &'static str {
    let system = "/usr/bin/python3";
    if Path::new(system).exists() { system } else { "python3" }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
