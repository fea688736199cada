//! Checks that the function that begins a transaction also commits it. Reading needs a connection, not a transaction.

use super::literals;
use super::source::Source;

/// Where `begin` itself is written.
const DATABASE: &str = "crates/foundation/database/";

/// Calls that end a transaction. `finish` stores the answer of a call for retries and commits.
const ENDS: [&str; 3] = [".commit()", ".rollback()", "once.finish("];

/// Every function that begins a transaction and does not commit it.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut complaints = Vec::new();
    let shipped = |source: &&Source| source.is_rust() && !source.is_test() && !source.path.starts_with(DATABASE);
    for source in sources.iter().filter(shipped) {
        let (code, _) = literals::of(&source.text);
        let code = code.find("#[cfg(test)]\nmod ").map_or(code.as_str(), |at| &code[..at]);
        for (line, name, body) in functions(code) {
            let begins = [".begin().await", "bulk::begin("].iter().any(|call| body.contains(call));
            if begins && !ENDS.iter().any(|end| body.contains(end)) {
                complaints.push(format!("{}:{line}: {name} begins a transaction that it does not commit", source.path));
            }
        }
    }
    complaints
}

/// Every function with the line it begins in, its name and its text.
fn functions(code: &str) -> Vec<(usize, &str, &str)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|character| character.is_alphanumeric() || character == '_') {
            continue;
        }
        let name = code[at + 3..].split(|character: char| !character.is_alphanumeric() && character != '_').next();
        let Some(name) = name.filter(|name| !name.is_empty()) else { continue };
        let Some(length) = body_end(&code[at..]) else { continue };
        found.push((code[..at].matches('\n').count() + 1, name, &code[at..at + length]));
    }
    found
}

/// Where the body of the function that begins here ends; none when it has no body.
fn body_end(code: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, character) in code.char_indices() {
        match character {
            ';' if depth == 0 && !in_brackets(&code[..at]) => return None,
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 1),
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Whether an array's type is open: `[u8; 32]`.
fn in_brackets(code: &str) -> bool {
    code.matches('[').count() > code.matches(']').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_that_nobody_commits_is_found() {
        let text = "//! A.\n\
            trait T { fn of(&self, a: [u8; 3]); }\n\
            async fn good() { let tx = db.begin().await?; tx.commit().await }\n\
            async fn bad() -> [u8; 2] {\n let tx = db.begin().await?;\n}\n\
            fn other() { x.commit() }\n\
            #[cfg(test)]\nmod tests { async fn test() { db.begin().await } }";
        let sources = [Source { path: "crates/a/src/a.rs".into(), text: text.into() }];
        assert_eq!(check(&sources), ["crates/a/src/a.rs:4: bad begins a transaction that it does not commit"]);
    }
}
