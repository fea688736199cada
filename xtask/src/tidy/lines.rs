//! Limits the length of lines.

use super::source::Source;

const COLUMNS_MAX: usize = 140;

/// Files with lines that may be longer, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[("frontend/build/samples.mjs", "a drawing in one text")];

/// Every line that is too long, except for one that is mostly a single string or address.
pub fn check(sources: &[Source]) -> Vec<String> {
    let endings = [".rs", ".sql", ".ts", ".mjs", ".css", ".html"];
    let mut complaints = Vec::new();
    // Applied migrations cannot be changed.
    let written = sources.iter().filter(|source| !source.path.starts_with("migrations/"));
    for source in written.filter(|source| endings.iter().any(|ending| source.path.ends_with(ending))) {
        for (index, line) in source.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns <= COLUMNS_MAX || is_one_text(&source.path, line) {
                continue;
            }
            if !EXCEPTIONS.iter().any(|(path, _)| source.path == *path) {
                complaints.push(format!("{}:{}: {columns} columns; {COLUMNS_MAX} is the most", source.path, index + 1));
            }
        }
    }
    complaints
}

/// Every exception that is not needed any more.
pub fn needless(sources: &[Source]) -> Vec<String> {
    let has_long = |path: &str| {
        let source = sources.iter().find(|source| source.path == path);
        source.is_some_and(|source| source.text.lines().any(|line| line.chars().count() > COLUMNS_MAX))
    };
    let gone = EXCEPTIONS.iter().filter(|(path, _)| !has_long(path));
    gone.map(|(path, _)| format!("xtask/src/tidy/lines.rs: {path} needs no exception any more")).collect()
}

/// How texts of SQL begin, which can be broken over lines as well as code can.
const STATEMENTS: [&str; 5] = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

/// Whether the line is long for a single text: a sentence that people read stays whole, so that it can be found. In a template any
/// element may be, since a break would show.
fn is_one_text(path: &str, line: &str) -> bool {
    if path.ends_with(".html") {
        return true;
    }
    let longest = line.split('"').skip(1).step_by(2).max_by_key(|text| text.chars().count()).unwrap_or_default();
    longest.chars().count() > COLUMNS_MAX / 2 && !STATEMENTS.iter().any(|verb| longest.trim_start().starts_with(verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_found_unless_one_text_makes_it_long() {
        let file = |path: &str, text: String| Source { path: path.into(), text };
        let sources = [
            file("a.rs", format!("//! A.\nlet a = {};", "b + ".repeat(40))),
            file("b.rs", format!("//! B.\nlet sentence = \"{}\";", "word ".repeat(40))),
            file("s.rs", format!("//! S.\nlet statement = \"SELECT {}\";", "a + ".repeat(40))),
            file("c.html", "<p>".to_owned() + &"word ".repeat(40)),
            file("d.md", "word ".repeat(40)),
            file("e.css", "a, ".repeat(50)),
        ];
        let expected = [
            "a.rs:2: 169 columns; 140 is the most",
            "s.rs:2: 186 columns; 140 is the most",
            "e.css:1: 150 columns; 140 is the most",
        ];
        assert_eq!(check(&sources), expected);
    }
}
