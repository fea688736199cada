//! Limits the length of files, and checks that each module begins with a `//!` line.

use super::source::Source;

const LINES_MAX: usize = 400;

/// Files that may be longer, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[("frontend/package-lock.json", "written by npm")];

/// Every file that is too long, and every exception that is not needed any more.
pub fn check(sources: &[Source]) -> Vec<String> {
    let endings = [".rs", ".sql", ".ts", ".mjs", ".css", ".html", ".md"];
    let mut complaints = Vec::new();
    for source in sources.iter().filter(|source| endings.iter().any(|ending| source.path.ends_with(ending))) {
        let lines = source.text.lines().count();
        if lines > LINES_MAX && !EXCEPTIONS.iter().any(|(path, _)| source.path == *path) {
            complaints.push(format!("{}: {lines} lines; {LINES_MAX} is the most, near 100 is pleasant", source.path));
        }
        if source.is_rust() && !starts_with_purpose(&source.text) {
            complaints.push(format!("{}: the first line says what the module is for (`//! …`)", source.path));
        }
    }
    let gone = EXCEPTIONS.iter().filter(|(path, _)| !sources.iter().any(|source| source.path == *path));
    complaints.extend(gone.map(|(path, _)| format!("xtask/src/tidy/sizes.rs: {path} does not exist any more")));
    complaints
}

fn starts_with_purpose(text: &str) -> bool {
    text.lines().next().is_some_and(|line| line.starts_with("//! "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_too_long_or_says_nothing_of_itself_is_found() {
        let file = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let long = format!("//! Long.\n{}", "\n".repeat(LINES_MAX));
        let sources = [
            file("a.rs", "//! Short."),
            file("b.rs", &long),
            file("c.rs", "mod a;"),
            file("frontend/package-lock.json", ""),
        ];
        let expected = [
            "b.rs: 401 lines; 400 is the most, near 100 is pleasant",
            "c.rs: the first line says what the module is for (`//! …`)",
        ];
        assert_eq!(check(&sources), expected);
    }
}
