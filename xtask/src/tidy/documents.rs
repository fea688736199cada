//! Every path that a document names exists, or the document rots.

use anyhow::Result;

use super::Source;
use crate::shell;

/// Folders and files at the top that documents point into.
const TOP: [&str; 8] = ["crates/", "docs/", "migrations/", "frontend/", "xtask/", "bench/", ".ci/", ".cargo/"];
/// Made by a build or a run.
const MADE: [&str; 3] = ["frontend/dist", "frontend/e2e/results", "frontend/node_modules"];

/// Every named path that is not there.
pub fn check(sources: &[Source]) -> Result<Vec<String>> {
    let root = shell::root();
    let mut complaints = Vec::new();
    for source in sources {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, path) in named_paths(source) {
            let exists = root.join(&path).exists() || root.join(folder).join(&path).exists();
            if !exists && !MADE.iter().any(|made| path.starts_with(made)) {
                complaints.push(format!("{}:{line}: {path} does not exist", source.path));
            }
        }
    }
    Ok(complaints)
}

/// Paths in backticks and in links, with their lines.
fn named_paths(source: &Source) -> Vec<(usize, String)> {
    let is_document = source.path.ends_with(".md");
    let mut found = Vec::new();
    for (index, line) in source.text.lines().enumerate() {
        let is_text = is_document || (source.is_rust() && line.trim_start().starts_with("//!"));
        if !is_text {
            continue;
        }
        let quoted = line.split('`').skip(1).step_by(2).filter(|text| is_path(text)).map(str::to_owned);
        found.extend(quoted.map(|path| (index + 1, path)));
        if is_document {
            found.extend(linked(line).map(|path| (index + 1, path)));
        }
    }
    found
}

fn is_path(text: &str) -> bool {
    let plain = !text.contains(['<', '*', '{', '…', ' ', '$', '(']) && !text.contains("NNNN");
    plain && TOP.iter().any(|top| text.starts_with(top))
}

fn linked(line: &str) -> impl Iterator<Item = String> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split(')').next()?.split('#').next()?;
        let is_local = !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:");
        is_local.then(|| target.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_paths_in_backticks_and_links() {
        let text = "See `crates/foundation/kernel` and [this](docs/operations.md#start), not `crates/<name>` or [that](https://a.b).";
        let source = Source { path: "README.md".into(), text: text.into() };
        let paths: Vec<String> = named_paths(&source).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["crates/foundation/kernel", "docs/operations.md"]);
    }
}
