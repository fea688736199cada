//! Runs `wrk`, a load generator (Debian package `wrk`).

use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};

/// The requests of a run.
#[derive(Debug, Clone)]
pub struct WrkLoad {
    url: String,
    connections: u32,
    headers: Vec<&'static str>,
    script: Option<&'static str>,
    variables: Vec<(&'static str, String)>,
}

impl WrkLoad {
    /// Plain `GET` requests of `url`.
    pub const fn new(url: String, connections: u32) -> Self {
        Self { url, connections, headers: Vec::new(), script: None, variables: Vec::new() }
    }

    /// The same with a header.
    pub fn header(mut self, header: &'static str) -> Self {
        self.headers.push(header);
        self
    }

    /// Requests made by a script of `bench/scripts` with these variables.
    pub fn script(mut self, name: &'static str, variables: &[(&'static str, &str)]) -> Self {
        self.script = Some(name);
        self.variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self
    }
}

/// The figures of a run.
#[derive(Debug, Clone, Copy)]
pub struct WrkReport {
    pub requests: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

/// Sends `load` for `duration`. A run with any response other than success is an error.
pub fn run(load: &WrkLoad, duration: Duration) -> anyhow::Result<WrkReport> {
    let mut command = Command::new("wrk");
    command
        .args(["-t1", "--latency", "--timeout", "10s"])
        .arg(format!("-c{}", load.connections))
        .arg(format!("-d{}s", duration.as_secs()));
    for header in &load.headers {
        command.arg("-H").arg(header);
    }
    if let Some(script) = load.script {
        command.arg("-s").arg(format!("{}/scripts/{script}", env!("CARGO_MANIFEST_DIR")));
    }
    command.envs(load.variables.iter().map(|(name, value)| (*name, value))).arg(&load.url);
    let output = command.output().context("wrk did not start; Debian has it in the package wrk")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(!text.contains("Non-2xx"), "not every answer was a success, so this run does not count:\n{text}");
    ensure!(!text.contains("Socket errors"), "connections broke, so this run does not count:\n{text}");
    parse(&text).with_context(|| format!("wrk said something new:\n{text}"))
}

fn parse(text: &str) -> Option<WrkReport> {
    let after = |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(name).map(str::trim));
    let requests = text.lines().find(|line| line.contains("requests in"))?.split_whitespace().next()?.parse().ok()?;
    Some(WrkReport {
        requests,
        per_second: after("Requests/sec:")?.parse().ok()?,
        p50_ms: milliseconds(after("50%")?)?,
        p99_ms: milliseconds(after("99%")?)?,
    })
}

fn milliseconds(text: &str) -> Option<f64> {
    let unit_starts = text.find(|letter: char| letter.is_alphabetic())?;
    let (figure, unit) = text.split_at(unit_starts);
    let figure: f64 = figure.parse().ok()?;
    match unit {
        "us" => Some(figure / 1_000.0),
        "ms" => Some(figure),
        "s" => Some(figure * 1_000.0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_wrk_prints() {
        let text = "  Latency Distribution\n     50%  812.00us\n     75%    1.02ms\n     90%    1.40ms\n     99%    2.50ms\n\
                    \x20 48211 requests in 6.00s, 90MB read\nRequests/sec:   8035.11\n";
        let outcome = parse(text).unwrap();
        assert_eq!(
            (outcome.requests, outcome.per_second, outcome.p50_ms, outcome.p99_ms),
            (48_211, 8_035.11, 0.812, 2.5)
        );
    }
}
