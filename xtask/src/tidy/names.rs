//! Checks that each type name is defined once in the workspace, so that a reader need not look at imports.

use std::collections::BTreeMap;

use super::source::Source;

/// Every type name that is defined twice. Tests are not checked, because their types are used where they are defined.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.is_rust() && !source.path.contains("/tests/")) {
        for (number, line) in (1..).zip(source.text.lines()) {
            // A module of tests stands at the end of its file.
            if line.trim() == "mod tests {" {
                break;
            }
            if let Some(name) = defined(line) {
                places.entry(name).or_default().push(format!("{}:{number}", source.path));
            }
        }
    }
    let doubled = places.into_iter().filter(|(_, places)| places.len() > 1);
    doubled.map(|(name, places)| format!("{} is the name of several types: {}", name, places.join(", "))).collect()
}

/// The type that a line defines at the top level of its module: what is indented is an associated type, or local to a function.
fn defined(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) => {
            rest.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(rest, |(_, rest)| rest).trim_start()
        }
        None => line,
    };
    let rest =
        ["struct ", "enum ", "trait ", "type ", "union "].iter().find_map(|keyword| line.strip_prefix(keyword))?;
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_two_meanings_is_found() {
        let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let sources = [
            file("crates/a/src/lib.rs", "pub struct Side;\nimpl X {\n    type Error = Y;\n}\nstruct Sideboard;"),
            file("crates/b/src/lib.rs", "pub(crate) enum Side<'a> {}\n#[cfg(test)]\nmod tests {\nstruct Sideboard;\n}"),
            file("crates/b/tests/it/main.rs", "struct Side;"),
        ];
        assert_eq!(
            check(&sources),
            ["Side is the name of several types: crates/a/src/lib.rs:1, crates/b/src/lib.rs:1"]
        );
    }
}
