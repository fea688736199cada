//! A real SMTP server (`aiosmtpd`) on loopback that reports every command it receives.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

const SCRIPT: &str = include_str!("mail_server.py");

/// How long an event is waited for. Python takes seconds to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct MailServer {
    child: Child,
    events: Receiver<Value>,
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
        let output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let (tell, events) = channel();
        // A read has no time limit, so a thread of its own reads. It ends with the server, or when nobody listens any more.
        std::thread::spawn(move || {
            let lines = output.lines().map_while(Result::ok);
            let told = lines.map_while(|line| serde_json::from_str(&line).ok());
            told.map_while(|event| tell.send(event).ok()).for_each(drop);
        });
        let mut server = Self { child, events, port: 0 };
        let listening = server.next_event();
        server.port = listening["port"].as_u64().and_then(|port| u16::try_from(port).ok()).expect("it has a port");
        server
    }

    /// Waits for the next event: an object with `event`. Panics when none comes.
    pub fn next_event(&mut self) -> Value {
        self.event_within(PATIENCE).unwrap_or_else(|reason| panic!("{reason}"))
    }

    /// Stops it and returns the events that were not read.
    pub fn stop(mut self) -> Vec<Value> {
        drop(self.child.stdin.take());
        std::iter::from_fn(|| self.events.recv_timeout(PATIENCE).ok()).collect()
    }

    fn event_within(&mut self, patience: Duration) -> Result<Value, String> {
        self.events.recv_timeout(patience).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("for {} s nothing reached the mail server", patience.as_secs_f64()),
            RecvTimeoutError::Disconnected => {
                "the mail server ended; `cargo xtask test` installs what it needs".to_owned()
            }
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_never_comes_ends_the_wait_and_so_does_the_end_of_the_server() {
        let mut server = MailServer::start();
        let waited = server.event_within(Duration::from_millis(50)).expect_err("nobody sent anything");
        assert_eq!(waited, "for 0.05 s nothing reached the mail server");
        server.child.kill().expect("it runs");
        let ended = server.event_within(PATIENCE).expect_err("it has ended");
        assert!(ended.starts_with("the mail server ended"), "{ended}");
    }
}
