//! Checks where SQL statements are, which tables they write, and that they do not use the server's clock.

use std::collections::BTreeMap;

use anyhow::Result;

use super::literals::{self, Literal};
use super::manifests::Manifest;
use super::source::Source;

const CHECKED: [&str; 4] = ["query!(", "query_as!(", "query_scalar!(", "query_file"];
const UNCHECKED: [&str; 5] =
    ["sqlx::query(", "query_as::<", "query_scalar::<", "sqlx::query_as(", "sqlx::query_scalar("];

/// Files whose statements stand elsewhere than in `store.rs` and `queries.rs`, each with the reason.
const ELSEWHERE: &[(&str, &str)] = &[
    ("crates/domains/catalog/src/search/", "one statement whose shape follows what is asked, with its helpers"),
    ("crates/gateways/cards/src/sandbox", "a provider's whole memory, which no domain knows of"),
];

/// Every statement in the wrong place, on another crate's table, or with the server's clock.
pub fn check(manifests: &[Manifest], sources: &[Source]) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    let tables = created_tables(sources);
    let owners = owners(manifests, &tables, &mut complaints);
    for source in sources.iter().filter(|source| source.path.starts_with("crates/") && source.is_rust()) {
        if source.is_test() {
            continue;
        }
        let (code, literals) = literals::of(&source.text);
        complaints.extend(misplaced(source, &code));
        complaints.extend(foreign_writes(source, &literals, &owners, manifests));
        complaints.extend(stolen_time(source, &code, &literals));
    }
    for source in sources.iter().filter(|source| source.path.ends_with(".sql")) {
        for (index, line) in source.text.lines().enumerate() {
            if asks_for_time(line.split("--").next().unwrap_or_default()) {
                complaints.push(format!("{}:{}: the program passes the time in", source.path, index + 1));
            }
        }
    }
    Ok(complaints)
}

/// The tables that the migrations make, with the file.
fn created_tables(sources: &[Source]) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    for source in sources.iter().filter(|source| source.path.starts_with("migrations/")) {
        for line in source.text.lines() {
            if let Some(rest) = line.trim().strip_prefix("CREATE TABLE ") {
                tables.insert(first_word(rest.trim_start_matches("IF NOT EXISTS ")), source.path.clone());
            }
        }
    }
    tables
}

/// The owner of each table; reports tables without an owner, unknown ones, and those with two owners.
fn owners(
    manifests: &[Manifest],
    tables: &BTreeMap<String, String>,
    complaints: &mut Vec<String>,
) -> BTreeMap<String, String> {
    let mut owners: BTreeMap<String, String> = BTreeMap::new();
    for manifest in manifests {
        for table in &manifest.tables {
            if !tables.contains_key(table) {
                complaints.push(format!("{}: owns {table}, which no migration makes", manifest.folder));
            }
            if let Some(other) = owners.insert(table.clone(), manifest.name.clone()) {
                complaints.push(format!("{}: owns {table}, and so does {other}", manifest.folder));
            }
        }
    }
    let orphans = tables.iter().filter(|(table, _)| !owners.contains_key(*table));
    complaints.extend(orphans.map(|(table, file)| format!("{file}: {table} has no owner among the manifests")));
    owners
}

fn misplaced(source: &Source, code: &str) -> Vec<String> {
    let name = source.path.rsplit('/').next().unwrap_or_default();
    let foundation =
        source.path.starts_with("crates/foundation/") || source.path.starts_with("crates/application/overviews/");
    let in_place = ["store.rs", "queries.rs", "bulk.rs"].contains(&name)
        || ["/store/", "/queries/"].iter().any(|part| source.path.contains(part))
        || ELSEWHERE.iter().any(|(path, _)| source.path.starts_with(path));
    let mut complaints = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let place = format!("{}:{}", source.path, index + 1);
        if CHECKED.iter().any(|name| line.contains(name)) && !foundation && !in_place {
            complaints.push(format!("{place}: statements stand in store.rs, queries.rs or bulk.rs"));
        }
        if UNCHECKED.iter().any(|name| line.contains(name)) && !source.path.starts_with("crates/foundation/database/") {
            complaints.push(format!("{place}: statements are checked: use the macro"));
        }
    }
    complaints
}

fn foreign_writes(
    source: &Source,
    literals: &[Literal],
    owners: &BTreeMap<String, String>,
    manifests: &[Manifest],
) -> Vec<String> {
    let own = manifests.iter().find(|manifest| source.path.starts_with(&format!("{}/", manifest.folder)));
    let own = own.map_or("", |manifest| manifest.name.as_str());
    let is_bulk = source.path.ends_with("/bulk.rs");
    let mut complaints = Vec::new();
    for literal in literals {
        let mut written = written_tables(&literal.text);
        if is_bulk && owners.contains_key(&literal.text) {
            written.push(literal.text.clone());
        }
        for table in written {
            match owners.get(&table) {
                Some(owner) if owner != own => {
                    complaints.push(format!("{}:{}: {table} belongs to {owner}", source.path, literal.line));
                }
                _ => {}
            }
        }
    }
    complaints
}

/// The tables that a statement writes.
fn written_tables(statement: &str) -> Vec<String> {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let mut tables = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let before = index.checked_sub(1).map_or("", |index| words[index]);
        let next = |distance: usize| words.get(index + distance).map(|word| first_word(word));
        let table = match word.trim_start_matches('(') {
            "INSERT" | "MERGE" => next(2),
            "DELETE" if words.get(index + 1) == Some(&"FROM") => next(2),
            "TRUNCATE" | "COPY" => next(1),
            // `FOR UPDATE`, `FOR NO KEY UPDATE` lock; `DO UPDATE` and `ON UPDATE` belong to another clause.
            "UPDATE" if !["FOR", "KEY", "DO", "ON", "OR"].contains(&before) => next(1),
            _ => None,
        };
        tables.extend(table);
    }
    tables
}

fn stolen_time(source: &Source, code: &str, literals: &[Literal]) -> Vec<String> {
    let mut complaints = Vec::new();
    if source.path != "crates/foundation/kernel/src/clock.rs" {
        for (index, line) in code.lines().enumerate() {
            if ["Utc::now(", "Local::now(", "Uuid::now_v7("].iter().any(|call| line.contains(call)) {
                complaints.push(format!("{}:{}: ask the clock that is passed in", source.path, index + 1));
            }
        }
    }
    if source.path == "crates/foundation/database/src/clock.rs" {
        return complaints;
    }
    for literal in literals.iter().filter(|literal| asks_for_time(&literal.text)) {
        complaints.push(format!("{}:{}: pass the time to the statement", source.path, literal.line));
    }
    complaints
}

fn asks_for_time(statement: &str) -> bool {
    let lower = statement.to_lowercase();
    let is_statement =
        ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "DEFAULT "].iter().any(|word| statement.contains(word));
    is_statement && ["now()", "current_timestamp", "clock_timestamp("].iter().any(|call| lower.contains(call))
}

fn first_word(text: &str) -> String {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text.chars().take_while(|character| is_name(*character)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_a_statement_writes() {
        assert_eq!(written_tables("INSERT INTO mails (id) VALUES ($1) ON CONFLICT DO UPDATE SET a = 1"), ["mails"]);
        assert_eq!(written_tables("WITH gone AS (DELETE FROM jobs WHERE a) UPDATE facts SET b = 1"), ["jobs", "facts"]);
        assert!(written_tables("SELECT a FROM jobs FOR UPDATE SKIP LOCKED").is_empty());
        assert!(written_tables("SELECT a FROM jobs FOR NO KEY UPDATE").is_empty());
    }

    fn file(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    fn manifest(name: &str, tables: &[&str]) -> Manifest {
        Manifest {
            name: name.into(),
            folder: format!("crates/domains/{name}"),
            dependencies: Vec::new(),
            test_dependencies: Vec::new(),
            tables: tables.iter().map(|table| (*table).to_owned()).collect(),
        }
    }

    #[test]
    fn statements_in_the_wrong_place_or_about_anothers_table_are_found() {
        let sources = [
            file("migrations/1.sql", "CREATE TABLE mails (\nCREATE TABLE bookings (\nCREATE TABLE nobodys ("),
            file("crates/domains/bookings/src/store.rs", "sqlx::query!(\"UPDATE mails SET a = 1\")"),
            file("crates/domains/bookings/src/commands.rs", "sqlx::query!(\"DELETE FROM bookings\")"),
            file("crates/domains/bookings/src/queries.rs", "sqlx::query(\"SELECT now()\"); Utc::now()"),
            file("crates/domains/bookings/tests/it/main.rs", "sqlx::query(\"DELETE FROM mails\")"),
        ];
        let manifests =
            [manifest("bookings", &["bookings", "ghosts"]), manifest("notifications", &["mails", "bookings"])];
        let found = check(&manifests, &sources).expect("it can be checked");
        let expected = [
            "crates/domains/bookings: owns ghosts, which no migration makes",
            "crates/domains/notifications: owns bookings, and so does bookings",
            "migrations/1.sql: nobodys has no owner among the manifests",
            "crates/domains/bookings/src/store.rs:1: mails belongs to notifications",
            "crates/domains/bookings/src/commands.rs:1: statements stand in store.rs, queries.rs or bulk.rs",
            "crates/domains/bookings/src/commands.rs:1: bookings belongs to notifications",
            "crates/domains/bookings/src/queries.rs:1: statements are checked: use the macro",
            "crates/domains/bookings/src/queries.rs:1: ask the clock that is passed in",
            "crates/domains/bookings/src/queries.rs:1: pass the time to the statement",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn only_statements_ask_for_time() {
        assert!(asks_for_time("SELECT now()"));
        assert!(!asks_for_time("Send it now() or never"));
    }
}
