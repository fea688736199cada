//! The configuration from environment variables. All faults are reported at once, each with what to do; secrets are never printed.

mod production;
mod public_address;
mod reader;
mod strength;

use std::net::SocketAddr;
use std::path::PathBuf;

use demo::Size;
use entry::{ForwardedHeader, TrustedProxies};
use ipnet::IpNet;
use kernel::Secret;

pub use public_address::PublicAddress;

use crate::connections::ConnectionLimits;
use reader::EnvironmentReader;

/// The purpose of the installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// On a developer's machine: with a mailbox page and a generated secret.
    Development,
    /// For real people: what has no safe default must be configured.
    Production,
}

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    pub mode: Mode,
    pub bind: SocketAddr,
    pub data_dir: PathBuf,
    /// A database server to use instead of the private cluster.
    pub database_url: Option<Secret<String>>,
    pub database_connections: u32,
    /// Whether the operator has said that the connection to that server needs no TLS.
    pub database_may_be_clear: bool,
    /// Whether a server migrates when it starts; otherwise `stagedoor migrate` does, under a role of its own.
    pub serve_migrates: bool,
    /// The role that `stagedoor migrate` gives what serving needs.
    pub serving_role: Option<String>,
    pub public: PublicAddress,
    pub secret: Option<Secret<String>>,
    /// The secret before this one, which is still understood.
    pub secret_previous: Option<Secret<String>>,
    pub smtp_url: Option<Secret<String>>,
    /// Whether mails may go to the mail server unencrypted.
    pub smtp_may_be_clear: bool,
    pub mail_from: String,
    /// Whether the operator has allowed the sandbox card provider in production.
    pub sandbox_is_meant: bool,
    pub proxies: TrustedProxies,
    /// Networks besides this machine that may read `/metrics`.
    pub metrics_from: Vec<IpNet>,
    pub connections: ConnectionLimits,
    pub rate_factor: u32,
    pub requests_max: usize,
    /// How many unpaid bookings one customer may have at a time.
    pub unpaid_max: Option<u32>,
    pub facts_kept_days: u32,
    pub gift_batch_minor_max: i64,
    /// The e-mail address for people who need help.
    pub support_email: Option<String>,
    /// A file of passwords that were found in breaches.
    pub breached_passwords: Option<PathBuf>,
    /// The size of the demo data that a first start loads into a database without people.
    pub demo_size: Option<Size>,
    pub demo_password: Secret<String>,
}

/// All faults of the configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration needs corrections:\n  - {}", .0.join("\n  - "))]
pub struct ConfigFaults(Vec<String>);

/// The value for development that others can reach. Its mailbox still answers this machine only.
const SHOWN_TO_EVERYBODY: &str = "development-shown-to-everybody";
/// The value that allows the sandbox in production.
const SANDBOX_IS_MEANT: &str = "sandbox-that-moves-no-money";
/// The value that allows a database without TLS.
const CLEAR_IS_MEANT: &str = "not-needed-on-this-network";
/// The value for servers that leave the schema to `stagedoor migrate`.
const NEVER: &str = "never";

impl Config {
    /// Reads the process's environment.
    pub fn from_environment() -> Result<Self, ConfigFaults> {
        Self::from_lookup(&|name| std::env::var(name).ok())
    }

    /// Reads from any source of variables.
    pub fn from_lookup(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigFaults> {
        let mut reader = EnvironmentReader { lookup, faults: Vec::new() };
        let bind: SocketAddr = reader.parsed(
            "STAGEDOOR_BIND",
            ([127, 0, 0, 1], 8080).into(),
            "an address and a port such as 127.0.0.1:8080",
        );
        let (public, proxies) = (public_address(&mut reader, bind), proxies(&mut reader));
        let is_shown = !bind.ip().to_canonical().is_loopback() || !public.is_loopback || !proxies.is_empty();
        let mut word = |name, word| reader.word(name, false, &[(word, true)]);
        let database_may_be_clear = word("STAGEDOOR_DATABASE_TLS", CLEAR_IS_MEANT);
        let smtp_may_be_clear = word("STAGEDOOR_SMTP_TLS", CLEAR_IS_MEANT);
        let sandbox_is_meant = word("STAGEDOOR_CARDS", SANDBOX_IS_MEANT);
        let serve_migrates = !word("STAGEDOOR_MIGRATE", NEVER);
        let config = Self {
            mode: mode(&mut reader, is_shown),
            bind,
            data_dir: reader.text("STAGEDOOR_DATA_DIR").unwrap_or_else(|| ".stagedoor".to_owned()).into(),
            database_url: reader.secret("DATABASE_URL"),
            database_connections: reader.parsed(
                "STAGEDOOR_DATABASE_CONNECTIONS",
                16,
                "a number of connections such as 16",
            ),
            database_may_be_clear,
            smtp_may_be_clear,
            serve_migrates,
            serving_role: reader.text("STAGEDOOR_SERVING_ROLE"),
            public,
            secret: reader.secret("STAGEDOOR_SECRET"),
            secret_previous: reader.secret("STAGEDOOR_SECRET_PREVIOUS"),
            smtp_url: reader.secret("STAGEDOOR_SMTP_URL"),
            mail_from: reader
                .text("STAGEDOOR_MAIL_FROM")
                .unwrap_or_else(|| "Stagedoor <door@stagedoor.test>".to_owned()),
            sandbox_is_meant,
            proxies,
            metrics_from: reader.networks("STAGEDOOR_METRICS_FROM"),
            connections: connections(&mut reader),
            rate_factor: reader.parsed("STAGEDOOR_RATE_FACTOR", 1, "a whole number from 1 up"),
            requests_max: reader.parsed("STAGEDOOR_REQUESTS_MAX", 1_024, "a number of requests such as 1024"),
            unpaid_max: Some(reader.parsed(
                "STAGEDOOR_UNPAID_MAX",
                5,
                "a number of bookings such as 5, or 0 for any number",
            ))
            .filter(|max| *max > 0),
            facts_kept_days: reader.parsed("STAGEDOOR_FACTS_KEPT_DAYS", 400, "a number of days such as 400"),
            gift_batch_minor_max: reader.parsed(
                "STAGEDOOR_GIFT_BATCH_MINOR_MAX",
                10_000_000,
                "an amount in the smallest unit such as 10000000",
            ),
            support_email: support_email(&mut reader),
            breached_passwords: reader.text("STAGEDOOR_BREACHED_PASSWORDS").map(PathBuf::from),
            demo_size: demo_size(&mut reader),
            demo_password: reader
                .secret("STAGEDOOR_DEMO_PASSWORD")
                .unwrap_or_else(|| Secret::new(demo::PASSWORD_DEFAULT.to_owned())),
        };
        config.check(&mut reader.faults);
        if reader.faults.is_empty() { Ok(config) } else { Err(ConfigFaults(reader.faults)) }
    }

    fn check(&self, faults: &mut Vec<String>) {
        if self.rate_factor == 0 {
            faults.push("STAGEDOOR_RATE_FACTOR is 0, but it should be a whole number from 1 up".to_owned());
        }
        if self.database_connections < 2 {
            faults.push(
                "STAGEDOOR_DATABASE_CONNECTIONS should be at least 2: one for requests and one for jobs".to_owned(),
            );
        }
        if self.connections.all < 16 || self.connections.network == 0 {
            faults.push(
                "STAGEDOOR_CONNECTIONS_MAX should be at least 16, and STAGEDOOR_CONNECTIONS_PER_NETWORK at least 1"
                    .to_owned(),
            );
        }
        if self.requests_max < 8 {
            faults.push(
                "STAGEDOOR_REQUESTS_MAX should be at least 8, so that each kind of request has a place".to_owned(),
            );
        }
        if self.facts_kept_days == 0 {
            faults.push("STAGEDOOR_FACTS_KEPT_DAYS should be at least 1".to_owned());
        }
        if self.gift_batch_minor_max < 1 {
            faults.push("STAGEDOOR_GIFT_BATCH_MINOR_MAX should be at least 1".to_owned());
        }
        if self.mode == Mode::Production {
            self.check_production(faults);
        }
    }
}

/// The configured mode. Without one it is development only if nobody else can reach us: on loopback, under a loopback address and
/// without a proxy, because behind a proxy on the same machine everybody can.
fn mode(reader: &mut EnvironmentReader<'_>, is_shown: bool) -> Mode {
    let by_address = if is_shown { Mode::Production } else { Mode::Development };
    let words =
        [("development", Mode::Development), ("production", Mode::Production), (SHOWN_TO_EVERYBODY, Mode::Development)];
    let mode = reader.word("STAGEDOOR_MODE", by_address, &words);
    if is_shown && reader.text("STAGEDOOR_MODE").is_some_and(|word| word == "development") {
        reader.faults.push(format!(
            "STAGEDOOR_MODE is development, but others can reach this address; use a loopback address without a proxy, \
             or say {SHOWN_TO_EVERYBODY} where nobody's data is at stake"
        ));
    }
    mode
}

fn public_address(reader: &mut EnvironmentReader<'_>, bind: SocketAddr) -> PublicAddress {
    let by_bind = format!("http://{bind}");
    let text = reader.text("STAGEDOOR_PUBLIC_URL");
    PublicAddress::parse(text.as_deref().unwrap_or(&by_bind)).unwrap_or_else(|| {
        reader.faults.push(format!(
            "STAGEDOOR_PUBLIC_URL is {:?}, but it should be the address of a whole site such as https://stagedoor.example",
            text.unwrap_or_default()
        ));
        PublicAddress { text: by_bind, is_https: false, is_loopback: true }
    })
}

fn proxies(reader: &mut EnvironmentReader<'_>) -> TrustedProxies {
    let networks = reader.networks("STAGEDOOR_TRUSTED_PROXIES");
    let headers = [("x-forwarded-for", ForwardedHeader::XForwardedFor), ("forwarded", ForwardedHeader::Forwarded)];
    TrustedProxies::new(networks, reader.word("STAGEDOOR_PROXY_HEADER", ForwardedHeader::default(), &headers))
}

fn connections(reader: &mut EnvironmentReader<'_>) -> ConnectionLimits {
    let expected = "a number of connections such as 4096";
    ConnectionLimits {
        all: reader.parsed("STAGEDOOR_CONNECTIONS_MAX", 4_096, expected),
        network: reader.parsed("STAGEDOOR_CONNECTIONS_PER_NETWORK", 256, expected),
    }
}

fn support_email(reader: &mut EnvironmentReader<'_>) -> Option<String> {
    let text = reader.text("STAGEDOOR_SUPPORT_EMAIL")?;
    let address = accounts::fields::email(&text).ok();
    if address.is_none() {
        reader.faults.push(format!(
            "STAGEDOOR_SUPPORT_EMAIL is {text:?}, but it should be an address such as help@stagedoor.example"
        ));
    }
    address
}

fn demo_size(reader: &mut EnvironmentReader<'_>) -> Option<Size> {
    let text = reader.text("STAGEDOOR_DEMO").filter(|text| text != "none")?;
    let size = text.parse().ok();
    if size.is_none() {
        reader.faults.push(format!("STAGEDOOR_DEMO is {text:?}, but it should be none, lite, demo or scale"));
    }
    size
}

#[cfg(test)]
mod tests;
