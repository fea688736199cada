//! Reads variables and collects their faults, so that all are reported at once.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use kernel::Secret;

/// Reads variables and collects their faults.
pub struct EnvironmentReader<'env> {
    pub lookup: &'env dyn Fn(&str) -> Option<String>,
    pub faults: Vec<String>,
}

impl EnvironmentReader<'_> {
    pub fn text(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.trim().is_empty())
    }

    pub fn secret(&self, name: &str) -> Option<Secret<String>> {
        self.text(name).map(Secret::new)
    }

    pub fn parsed<T: FromStr>(&mut self, name: &str, default: T, expected: &str) -> T {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.faults.push(format!("{name} is {text:?}, but it should be {expected}"));
            default
        })
    }

    /// One of a few words; `default` when it is left out.
    pub fn word<T: Copy>(&mut self, name: &str, default: T, words: &[(&str, T)]) -> T {
        let Some(text) = self.text(name) else { return default };
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.faults.push(format!("{name} is {text:?}, but it should be {}", known.join(" or ")));
        default
    }

    /// Addresses and networks, separated by commas.
    pub fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let text = self.text(name).unwrap_or_default();
        let mut networks = Vec::new();
        for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
            let address = || one.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
            match one.parse::<IpNet>().ok().or_else(address) {
                Some(network) if network.prefix_len() > 0 => networks.push(network.trunc()),
                Some(_) => self.faults.push(format!("{name} names {one:?}, which is everybody; name the networks that are yours")),
                None => self.faults.push(format!(
                    "{name} names {one:?}, but it should list addresses and networks such as 10.0.0.1 or 10.0.0.0/8, separated by commas"
                )),
            }
        }
        networks
    }
}
