//! Migrations keep the site and the previous release going, as `migrations/README.md` says, or say why they need not.

use super::source::Source;

/// Files from before these rules, which have landed and stay as they are.
const RULES_SINCE: &str = "migrations/20261201";

/// What the previous release cannot live with.
const BREAKING: [&str; 9] = [
    "DROP TABLE",
    "DROP COLUMN",
    "DROP CONSTRAINT",
    "DROP FUNCTION",
    "DROP VIEW",
    "RENAME TO",
    "RENAME COLUMN",
    "SET NOT NULL",
    "SET DATA TYPE",
];

/// Every migration that breaks a rule.
pub fn check(sources: &[Source]) -> Vec<String> {
    let files = sources.iter().filter(|source| source.path.ends_with(".sql") && source.path.starts_with("migrations/"));
    files.filter(|source| source.path.as_str() >= RULES_SINCE).flat_map(faults).collect()
}

fn faults(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    if !is_well_named(&source.path) {
        complaints.push(format!("{}: its name is `<timestamp>_<verb>_<thing>.sql`", source.path));
    }
    let statements = without_functions(&without_comments(&source.text));
    if moves_rows(&statements) && !is_in_batches(&source.text) && !says(&source.text, "Few rows:") {
        complaints.push(format!(
            "{}: rows are changed in batches (`migrations/README.md`), or `-- Few rows: …` says why not",
            source.path
        ));
    }
    let breaks = BREAKING.iter().find(|words| statements.contains(*words));
    if let Some(words) = breaks
        && !statements.contains("'oldest_program'")
        && !says(&source.text, "Previous release:")
    {
        complaints.push(format!(
            "{}: {words} stops the previous release; name this file as `oldest_program`, or say `-- Previous release: …` why it goes on",
            source.path
        ));
    }
    complaints
}

fn is_well_named(path: &str) -> bool {
    let name = path.trim_start_matches("migrations/").trim_end_matches(".sql");
    let (time, words) = name.split_once('_').unwrap_or_default();
    let is_plain =
        |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    time.len() == 14
        && time.bytes().all(|byte| byte.is_ascii_digit())
        && words.contains('_')
        && words.split('_').all(is_plain)
}

/// Whether rows that exist are written: their number is that of years of bookings.
fn moves_rows(statements: &str) -> bool {
    statements.split(';').map(str::trim).filter(|statement| !statement.contains("'oldest_program'")).any(|statement| {
        let inserts = statement.starts_with("INSERT INTO") && statement.contains("SELECT ");
        inserts || ["UPDATE ", "DELETE FROM ", "DO ", "WITH "].iter().any(|word| statement.starts_with(word))
    })
}

/// Whether it commits after each batch, which only a file outside of transactions can.
fn is_in_batches(text: &str) -> bool {
    text.starts_with("-- no-transaction\n") && ["LOOP", "LIMIT ", "COMMIT;"].iter().all(|word| text.contains(word))
}

fn says(text: &str, words: &str) -> bool {
    let reason =
        |line: &str| line.trim_start().strip_prefix("-- ")?.strip_prefix(words).map(|reason| reason.len() > 10);
    text.lines().any(|line| reason(line) == Some(true))
}

fn without_comments(text: &str) -> String {
    text.lines().map(|line| line.split("--").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Without what stands between `$$`, but for the body of a `DO`: what a function does when it is called is no matter of the migration.
fn without_functions(text: &str) -> String {
    let parts = text.split("$$").enumerate();
    parts.map(|(index, part)| if index % 2 == 0 { part } else { "$$" }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> usize {
        faults(&Source { path: "migrations/20261201000001_do_thing.sql".into(), text: text.into() }).len()
    }

    #[test]
    fn rows_are_moved_in_batches_or_there_are_few() {
        assert_eq!(complaints("UPDATE people SET a = 1;"), 1);
        assert_eq!(complaints("INSERT INTO a SELECT * FROM b;"), 1);
        assert_eq!(complaints("-- Few rows: one for each currency.\nUPDATE people SET a = 1;"), 0);
        assert_eq!(complaints("INSERT INTO a VALUES (1);\nALTER TABLE a ADD COLUMN b text;"), 0);
        assert_eq!(complaints("CREATE FUNCTION f() RETURNS void AS $$ UPDATE people SET a = 1; $$;"), 0);
        assert_eq!(complaints("DO $$ BEGIN UPDATE people SET a = 1; END $$;"), 1);
        let batches = "-- no-transaction\nDO $$ BEGIN LOOP UPDATE a SET b = 1 WHERE c IN (SELECT c FROM a LIMIT 9);\nCOMMIT;\nEND LOOP; END $$;";
        assert_eq!(complaints(batches), 0);
        assert_eq!(complaints(&batches.replace("-- no-transaction\n", "")), 1);
    }

    #[test]
    fn what_stops_the_previous_release_says_so() {
        assert_eq!(complaints("ALTER TABLE a DROP COLUMN b;"), 1);
        assert_eq!(complaints("-- Previous release: it never read this column.\nALTER TABLE a DROP COLUMN b;"), 0);
        let named = "UPDATE installation SET value = '20261201000001' WHERE name = 'oldest_program';";
        assert_eq!(complaints(&format!("ALTER TABLE a DROP COLUMN b;\n{named}")), 0);
    }

    #[test]
    fn names_say_when_and_what() {
        for (path, fits) in [
            ("migrations/20261201000001_take_from_buckets.sql", true),
            ("migrations/20261201_take.sql", false),
            ("migrations/20261201000001_Take_it.sql", false),
            ("migrations/20261201000001_take.sql", false),
        ] {
            assert_eq!(is_well_named(path), fits, "{path}");
        }
        let earlier = Source { path: "migrations/20261130000302_drop.sql".into(), text: "DROP TABLE a;".into() };
        assert!(check(&[earlier]).is_empty(), "it has landed");
    }
}
