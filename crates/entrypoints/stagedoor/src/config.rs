//! The configuration from environment variables. All faults are reported at once, each with what to do; secrets are never printed.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use demo::Size;
use kernel::Secret;

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
    /// The address at which people reach the site, without a trailing slash.
    pub public_url: String,
    pub secret: Option<Secret<String>>,
    pub smtp_url: Option<Secret<String>>,
    pub mail_from: String,
    pub trusted_proxies: Vec<IpAddr>,
    pub rate_factor: u32,
    pub requests_max: usize,
    /// How many unpaid bookings one customer may have at a time.
    pub unpaid_max: Option<u32>,
    pub facts_kept_days: u32,
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

/// Reads variables and collects their faults.
struct EnvironmentReader<'env> {
    lookup: &'env dyn Fn(&str) -> Option<String>,
    faults: Vec<String>,
}

impl EnvironmentReader<'_> {
    fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    fn secret(&self, name: &str) -> Option<Secret<String>> {
        self.text(name).map(Secret::new)
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &str, default: T, expected: &str) -> T {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name} is {text:?}, but it should be {expected}"));
            default
        })
    }
}

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
        let mode = mode(&mut reader, bind);
        let config = Self {
            mode,
            bind,
            data_dir: reader.text("STAGEDOOR_DATA_DIR").unwrap_or_else(|| ".stagedoor".to_owned()).into(),
            database_url: reader.secret("DATABASE_URL"),
            database_connections: reader.parsed(
                "STAGEDOOR_DATABASE_CONNECTIONS",
                16,
                "a number of connections such as 16",
            ),
            public_url: reader
                .text("STAGEDOOR_PUBLIC_URL")
                .unwrap_or_else(|| format!("http://{bind}"))
                .trim_end_matches('/')
                .to_owned(),
            secret: reader.secret("STAGEDOOR_SECRET"),
            smtp_url: reader.secret("STAGEDOOR_SMTP_URL"),
            mail_from: reader
                .text("STAGEDOOR_MAIL_FROM")
                .unwrap_or_else(|| "Stagedoor <door@stagedoor.test>".to_owned()),
            trusted_proxies: proxies(&mut reader),
            rate_factor: reader.parsed("STAGEDOOR_RATE_FACTOR", 1, "a whole number from 1 up"),
            requests_max: reader.parsed("STAGEDOOR_REQUESTS_MAX", 1_024, "a number of requests such as 1024"),
            unpaid_max: Some(reader.parsed(
                "STAGEDOOR_UNPAID_MAX",
                5,
                "a number of bookings such as 5, or 0 for any number",
            ))
            .filter(|max| *max > 0),
            facts_kept_days: reader.parsed("STAGEDOOR_FACTS_KEPT_DAYS", 400, "a number of days such as 400"),
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
        if self.mode == Mode::Development {
            return;
        }
        if self.secret.as_ref().is_none_or(|secret| secret.expose().len() < 32) {
            let fault = "STAGEDOOR_SECRET should be a random text of at least 32 characters in production; \
                         `openssl rand -hex 32` makes one";
            faults.push(fault.to_owned());
        }
        if !self.public_url.starts_with("https://") {
            faults.push("STAGEDOOR_PUBLIC_URL should be the https address people use in production".to_owned());
        }
        if self.demo_size.is_some() {
            faults.extend(self.open_logins());
        }
    }

    /// The fault of demo logins that anybody could use, because their default password is in the documentation.
    pub fn open_logins(&self) -> Option<String> {
        let is_known = self.demo_password.expose() == demo::PASSWORD_DEFAULT;
        (self.mode == Mode::Production && is_known).then(|| {
            "STAGEDOOR_DEMO_PASSWORD should be a password of your own in production: \
             demo data brings an administrator's login"
                .to_owned()
        })
    }
}

/// The configured mode. Without one it is development only if nobody else can reach us: on loopback and without a proxy, because
/// behind a proxy on the same machine everybody can.
fn mode(reader: &mut EnvironmentReader<'_>, bind: SocketAddr) -> Mode {
    let is_proxied = reader.text("STAGEDOOR_TRUSTED_PROXIES").is_some()
        || reader.text("STAGEDOOR_PUBLIC_URL").is_some_and(|url| url.starts_with("https://"));
    match reader.text("STAGEDOOR_MODE").as_deref() {
        Some("development") => Mode::Development,
        Some("production") => Mode::Production,
        None if bind.ip().is_loopback() && !is_proxied => Mode::Development,
        None => Mode::Production,
        Some(other) => {
            reader.faults.push(format!("STAGEDOOR_MODE is {other:?}, but it should be development or production"));
            Mode::Production
        }
    }
}

fn demo_size(reader: &mut EnvironmentReader<'_>) -> Option<Size> {
    let text = reader.text("STAGEDOOR_DEMO").filter(|text| text != "none")?;
    let size = text.parse().ok();
    if size.is_none() {
        reader.faults.push(format!("STAGEDOOR_DEMO is {text:?}, but it should be none, lite, demo or scale"));
    }
    size
}

fn proxies(reader: &mut EnvironmentReader<'_>) -> Vec<IpAddr> {
    let text = reader.text("STAGEDOOR_TRUSTED_PROXIES").unwrap_or_default();
    let mut proxies = Vec::new();
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        match one.parse::<IpAddr>() {
            Ok(address) => proxies.push(address.to_canonical()),
            Err(_) => reader.faults.push(format!(
                "STAGEDOOR_TRUSTED_PROXIES names {one:?}, but it should list addresses such as 10.0.0.1, separated by commas"
            )),
        }
    }
    proxies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, ConfigFaults> {
        Config::from_lookup(&|name| pairs.iter().find(|(one, _)| *one == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_configured_is_development_on_loopback() {
        let config = read(&[]).unwrap();
        assert_eq!(
            (config.mode, config.bind.to_string(), config.public_url),
            (Mode::Development, "127.0.0.1:8080".into(), "http://127.0.0.1:8080".into())
        );
    }

    #[test]
    fn a_public_address_requires_the_settings_of_production() {
        let faults = read(&[("STAGEDOOR_BIND", "0.0.0.0:80")]).unwrap_err().to_string();
        assert!(faults.contains("STAGEDOOR_SECRET") && faults.contains("STAGEDOOR_PUBLIC_URL"), "{faults}");
    }

    #[test]
    fn a_proxy_on_the_same_machine_means_production() {
        let mode = |pairs: &[(&str, &str)]| {
            let secret = [("STAGEDOOR_SECRET", "0123456789abcdef0123456789abcdef")];
            read(&[pairs, &secret].concat()).map(|config| config.mode)
        };
        let public = ("STAGEDOOR_PUBLIC_URL", "https://stage.example");
        assert_eq!(mode(&[public]).unwrap(), Mode::Production);
        assert!(mode(&[("STAGEDOOR_TRUSTED_PROXIES", "127.0.0.1")]).unwrap_err().to_string().contains("https"));
        assert_eq!(mode(&[public, ("STAGEDOOR_MODE", "development")]).unwrap(), Mode::Development);
    }

    #[test]
    fn production_refuses_the_default_demo_password() {
        let production = [
            ("STAGEDOOR_MODE", "production"),
            ("STAGEDOOR_SECRET", "0123456789abcdef0123456789abcdef"),
            ("STAGEDOOR_PUBLIC_URL", "https://stage.example"),
        ];
        let with = |pairs: &[(&'static str, &'static str)]| read(&[&production, pairs].concat());
        assert!(with(&[("STAGEDOOR_DEMO", "lite")]).unwrap_err().to_string().contains("STAGEDOOR_DEMO_PASSWORD"));
        assert!(with(&[("STAGEDOOR_DEMO", "lite"), ("STAGEDOOR_DEMO_PASSWORD", "one of our own")]).is_ok());
        assert!(with(&[]).unwrap().open_logins().is_some(), "`stagedoor demo` asks as well");
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let faults = read(&[
            ("STAGEDOOR_MODE", "development"),
            ("STAGEDOOR_BIND", "nowhere"),
            ("STAGEDOOR_RATE_FACTOR", "much"),
            ("STAGEDOOR_TRUSTED_PROXIES", "a, 10.0.0.1"),
        ])
        .unwrap_err();
        assert_eq!(faults.0.len(), 3);
    }

    #[test]
    fn demo_data_is_loaded_only_when_asked_for() {
        let size = |pairs: &[(&str, &str)]| read(pairs).unwrap().demo_size;
        assert_eq!((size(&[]), size(&[("STAGEDOOR_DEMO", "none")])), (None, None));
        assert_eq!(size(&[("STAGEDOOR_DEMO", "lite")]), Some(Size::Lite));
        assert!(read(&[("STAGEDOOR_DEMO", "much")]).unwrap_err().to_string().contains("none, lite, demo or scale"));
    }

    #[test]
    fn secrets_do_not_print() {
        let config =
            read(&[("DATABASE_URL", "postgres://user:hush@host/db"), ("STAGEDOOR_SECRET", "hush-hush")]).unwrap();
        assert!(!format!("{config:?}").contains("hush"));
    }
}
