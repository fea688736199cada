//! Checks that every path in a document exists.

use super::manifests::Manifest;
use super::source::Source;

/// Folders and files at the top that documents point into.
const TOP: [&str; 8] = ["crates/", "docs/", "migrations/", "frontend/", "xtask/", "bench/", ".ci/", ".cargo/"];
/// Made by a build or a run.
const MADE: [&str; 3] = ["frontend/dist", "frontend/e2e/results", "frontend/node_modules"];

/// Every named path for which `exists` says no.
pub fn check(sources: &[Source], exists: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut complaints = Vec::new();
    for source in sources {
        let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, path) in named_paths(source) {
            let is_there = !path.is_empty() && (exists(&path) || exists(&format!("{folder}/{path}")));
            if !is_there && !MADE.iter().any(|made| path.starts_with(made)) {
                complaints.push(format!("{}:{line}: {path} does not exist", source.path));
            }
        }
    }
    complaints
}

/// Every table that `ARCHITECTURE.md` does not list with its owner.
pub fn unowned(manifests: &[Manifest], sources: &[Source]) -> Vec<String> {
    let map = sources.iter().find(|source| source.path == "ARCHITECTURE.md").map_or("", |source| source.text.as_str());
    let mut complaints = Vec::new();
    for manifest in manifests.iter().filter(|manifest| !manifest.tables.is_empty()) {
        let row = map.lines().find(|line| line.starts_with(&format!("| `{}` |", manifest.folder))).unwrap_or_default();
        let named: Vec<&str> = row.split(['|', ',']).map(str::trim).collect();
        let missing = manifest.tables.iter().filter(|table| !named.contains(&table.as_str()));
        complaints.extend(missing.map(|table| format!("ARCHITECTURE.md: {} owns {table}", manifest.folder)));
    }
    complaints
}

/// Paths in backticks and in links, and those in the last column of a table, with their lines.
fn named_paths(source: &Source) -> Vec<(usize, String)> {
    if source.path.starts_with("docs/") && source.path.ends_with(".csv") {
        return last_column(&source.text).map(|(line, path)| (line, path.to_owned())).collect();
    }
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

/// The words of the last column, below the head of the table. It may hold nothing but paths.
fn last_column(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let rows = table.lines().zip(1..).skip(1);
    rows.flat_map(|(row, line)| {
        let column = row.rsplit(',').next().unwrap_or_default();
        // The name of a test may follow the path.
        column.split(' ').map(move |path| (line, path.split('#').next().unwrap_or_default()))
    })
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

    #[test]
    fn a_path_that_is_gone_is_found_and_one_beside_the_document_is_not() {
        let source = Source { path: "docs/a.md".into(), text: "see [b](b.md),\n`docs/c.md`, `frontend/dist/x`".into() };
        let found = check(&[source], &|path| path == "docs/b.md");
        assert_eq!(found, ["docs/a.md:2: docs/c.md does not exist"]);
    }

    #[test]
    fn the_last_column_of_a_table_holds_paths_and_nothing_else() {
        let text = "id,how,shown_by\n1,\"here, there\",README.md docs/a.rs\n2,nowhere,";
        let found = check(&[Source { path: "docs/a.csv".into(), text: text.into() }], &|path| path == "README.md");
        assert_eq!(found, ["docs/a.csv:2: docs/a.rs does not exist", "docs/a.csv:3:  does not exist"]);
    }

    #[test]
    fn a_table_that_the_map_forgot_is_found() {
        let manifest = Manifest {
            name: "jobs".into(),
            folder: "crates/foundation/jobs".into(),
            dependencies: Vec::new(),
            test_dependencies: Vec::new(),
            tables: vec!["jobs".into(), "schedules".into()],
        };
        let map = Source { path: "ARCHITECTURE.md".into(), text: "| `crates/foundation/jobs` | jobs |".into() };
        assert_eq!(unowned(&[manifest], &[map]), ["ARCHITECTURE.md: crates/foundation/jobs owns schedules"]);
    }
}
