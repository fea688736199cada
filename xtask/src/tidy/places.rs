//! Checks that no file contains a path of the machine it was written on.

use super::source::Source;

/// Homes of people and of build machines, as a path begins.
const HOMES: [&str; 4] = ["/home/", "/root/", "/Users/", "/work/"];

/// What stands at the top of the repository: whoever opens it sees only what belongs there.
const TOP: [&str; 34] = [
    ".cargo",
    ".ci",
    ".config",
    ".env",
    ".env.example",
    ".git",
    ".gitignore",
    ".sqlx",
    ".stagedoor",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "STYLE.md",
    "bench",
    "clippy.toml",
    "crates",
    "deny.toml",
    "docs",
    "frontend",
    "migrations",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "sqlx.toml",
    "target",
    "xtask",
    ".github",
    ".editorconfig",
    ".gitattributes",
    ".idea",
    ".vscode",
];

/// Everything at the top, by name, that does not belong there. Logs are ignored by git.
pub fn strangers<'name>(names: impl Iterator<Item = &'name str>) -> Vec<String> {
    let strange = names.filter(|name| !TOP.contains(name) && !name.ends_with(".log"));
    strange.map(|name| format!("{name}: does not belong at the top of the repository")).collect()
}

/// Every line that names a place on somebody's machine.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    // This list itself is the one place that has to name them.
    for source in sources.iter().filter(|source| source.path != "xtask/src/tidy/places.rs") {
        for (index, line) in source.text.lines().enumerate() {
            if let Some(home) = HOMES.iter().find(|home| begins_path(line, home)) {
                complaints.push(format!("{}:{}: {home} is a place on one machine only", source.path, index + 1));
            }
        }
    }
    complaints
}

/// Whether a path begins with `home`, rather than having it in its middle (`pages/home/home.html`).
fn begins_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || "/.-_}".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_at_the_top_is_found() {
        let found = strangers(["README.md", "crates", "server.log", "NOTE.txt"].into_iter());
        assert_eq!(found, ["NOTE.txt: does not belong at the top of the repository"]);
    }

    #[test]
    fn places_on_a_machine_are_found_and_parts_of_paths_are_not() {
        let text = "see pages/home/home.html\nlet path = \"/home/ada/stagedoor\";\n`{root}/work/x`\n(/root/.cargo)";
        let found = check(&[Source { path: "a.md".into(), text: text.into() }]);
        let expected =
            ["a.md:2: /home/ is a place on one machine only", "a.md:4: /root/ is a place on one machine only"];
        assert_eq!(found, expected);
    }
}
