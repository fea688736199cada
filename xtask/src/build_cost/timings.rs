//! Cargo's report of a build (`cargo build --timings`), summed up by crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// The CPU time of building a crate with its build script, in seconds of one core.
#[derive(Debug, Clone, PartialEq)]
pub struct BuildCost {
    pub name: String,
    pub seconds: f64,
}

/// The crates of a report, the costliest first.
pub fn read(report: &Path) -> Result<Vec<BuildCost>> {
    let text = fs::read_to_string(report).with_context(|| format!("cannot read {}", report.display()))?;
    let costs = costs(&text);
    ensure!(!costs.is_empty(), "{} names no crate; has cargo changed its form?", report.display());
    Ok(costs)
}

/// The report holds its data as `const UNIT_DATA = [{"name": …, "duration": …}, …];`.
fn costs(report: &str) -> Vec<BuildCost> {
    let data = report.split_once("const UNIT_DATA = ").map_or("", |(_, rest)| rest);
    let data = data.split_once("];").map_or(data, |(data, _)| data);
    let mut by_name: BTreeMap<&str, f64> = BTreeMap::new();
    let mut name = "";
    for (key, value) in data.split(['\n', ',', '{']).filter_map(|line| line.split_once(':')) {
        let (key, value) = (key.trim().trim_matches('"'), value.trim());
        match key {
            "name" => name = value.trim_matches('"'),
            "duration" => *by_name.entry(name).or_default() += value.parse::<f64>().unwrap_or(0.0),
            _ => {}
        }
    }
    let mut costs: Vec<BuildCost> =
        by_name.into_iter().map(|(name, seconds)| BuildCost { name: name.to_owned(), seconds }).collect();
    costs.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
    costs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_a_crate_are_added_up() {
        let report = r#"<script>
const UNIT_DATA = [
  {
    "i": 0,
    "name": "libc",
    "version": "0.2",
    "duration": 0.5,
    "unblocked_units": []
  },
  {
    "i": 1,
    "name": "web",
    "duration": 41.25
  },
  {
    "i": 2,
    "name": "libc",
    "duration": 1.0
  }
];
const CONCURRENCY_DATA = [{"t": 0.1, "active": 1}];"#;
        let expected =
            [("web", 41.25), ("libc", 1.5)].map(|(name, seconds)| BuildCost { name: name.to_owned(), seconds });
        assert_eq!(costs(report), expected);
        assert!(costs("<html>").is_empty());
    }
}
