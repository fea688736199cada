//! CPU time of a tree of processes, and resident memory of one.

use std::collections::HashMap;
use std::fs;

/// The CPU microseconds used by `root` and its descendants, including ended children.
pub fn cpu_us(root: u32) -> u64 {
    let mut parents = HashMap::new();
    let mut ticks = HashMap::new();
    for process in processes() {
        parents.insert(process.id, process.parent);
        ticks.insert(process.id, process.ticks);
    }
    let under_root = |mut id: u32| {
        while id != 0 && id != root {
            id = parents.get(&id).copied().unwrap_or(0);
        }
        id == root
    };
    let sum: u64 = ticks.iter().filter(|(id, _)| under_root(**id)).map(|(_, ticks)| ticks).sum();
    // Linux reports hundredths of a second to user space, whatever its own tick is.
    sum * 10_000
}

/// Resident memory of one process, in kilobytes.
pub fn resident_kb(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(0)
}

struct ProcessStat {
    id: u32,
    parent: u32,
    ticks: u64,
}

fn processes() -> Vec<ProcessStat> {
    let ids = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name, in parentheses, may contain any character.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let ticks = fields.get(11..15)?.iter().filter_map(|field| field.parse::<u64>().ok()).sum();
        Some(ProcessStat { id, parent: fields.get(1)?.parse().ok()?, ticks })
    })
    .collect()
}
