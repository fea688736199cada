//! Holds the table of security requirements to the tree: what is called met is shown by a test, and a test that a row names is there.
//!
//! That every path exists, `documents.rs` checks. A row may name one test of a file: `crates/…/login.rs#a_code_opens_once`.

use super::source::Source;

const TABLE: &str = "docs/asvs.csv";
const STATES: [&str; 4] = ["met", "partly", "not yet", "not applicable"];

/// Requirements that are met and shown by code or documents alone. A line goes when its row names a test.
const EXCEPTIONS: &[&str] = &["1.3.10", "3.7.1", "6.4.2", "15.1.1", "15.3.1", "15.3.6"];

/// Every row that says more than the tree shows, and every exception that is not needed any more.
pub fn check(sources: &[Source]) -> Vec<String> {
    let Some(table) = sources.iter().find(|source| source.path == TABLE) else {
        return vec![format!("{TABLE}: is missing")];
    };
    compare(&table.text, sources, EXCEPTIONS)
}

/// A row of the table.
struct Requirement<'table> {
    line: usize,
    id: &'table str,
    state: &'table str,
    /// Paths, each perhaps with the name of a test.
    shown_by: Vec<&'table str>,
}

fn compare(table: &str, sources: &[Source], exceptions: &[&str]) -> Vec<String> {
    let rows: Vec<Requirement<'_>> = requirements(table).collect();
    let mut complaints = Vec::new();
    for (row, next) in rows.iter().zip(rows.iter().skip(1)) {
        if number(row.id) >= number(next.id) {
            complaints.push(format!("{TABLE}:{}: {} does not follow {}", next.line, next.id, row.id));
        }
    }
    for row in &rows {
        if !STATES.contains(&row.state) {
            complaints.push(format!("{TABLE}:{}: {:?} is no state", row.line, row.state));
        }
        let gone = row.shown_by.iter().filter(|place| !has_named_test(place, sources));
        complaints.extend(gone.map(|place| format!("{TABLE}:{}: there is no test {place}", row.line)));
        let is_tested = row.shown_by.iter().any(|place| is_test(place, sources));
        match (row.state == "met" && !is_tested, exceptions.contains(&row.id)) {
            (true, false) => complaints.push(format!("{TABLE}:{}: {} is met, and no test shows it", row.line, row.id)),
            (false, true) => complaints.push(format!("xtask/src/tidy/assurances.rs: {} needs no exception", row.id)),
            _ => {}
        }
    }
    let unknown = exceptions.iter().filter(|id| !rows.iter().any(|row| row.id == **id));
    complaints.extend(unknown.map(|id| format!("xtask/src/tidy/assurances.rs: {TABLE} has no {id}")));
    complaints
}

/// The rows below the head. Only the fifth column, which says how, may hold commas.
fn requirements(table: &str) -> impl Iterator<Item = Requirement<'_>> {
    table.lines().zip(1..).skip(1).map(|(row, line)| {
        let mut columns = row.split(',');
        let id = columns.next().unwrap_or_default();
        let state = columns.nth(2).unwrap_or_default();
        let shown_by = row.rsplit(',').next().unwrap_or_default().split(' ').collect();
        Requirement { line, id, state, shown_by }
    })
}

/// `1.10.2` as numbers, so that it follows `1.9.1`.
fn number(id: &str) -> Vec<u32> {
    id.split('.').filter_map(|part| part.parse().ok()).collect()
}

fn has_named_test(place: &str, sources: &[Source]) -> bool {
    place.split_once('#').is_none_or(|(path, name)| text(path, sources).contains(&format!("fn {name}(")))
}

/// Whether tests stand in the file: those of the browser are scripts.
fn is_test(place: &str, sources: &[Source]) -> bool {
    let path = place.split('#').next().unwrap_or_default();
    path.starts_with("frontend/e2e/")
        || path.ends_with(".test.mjs")
        || sources.iter().any(|source| source.path == path && source.tests() > 0)
}

fn text<'source>(path: &str, sources: &'source [Source]) -> &'source str {
    sources.iter().find(|source| source.path == path).map_or("", |source| source.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id,level,topic,status,how,shown_by\n";

    fn complaints(rows: &str, exceptions: &[&str]) -> Vec<String> {
        let tests = Source { path: "a.rs".into(), text: "#[tokio::test]\nasync fn it_holds() {}".into() };
        let code = Source { path: "b.rs".into(), text: "fn works() {}".into() };
        compare(&format!("{HEAD}{rows}"), &[tests, code], exceptions)
    }

    #[test]
    fn what_is_met_is_shown_by_a_test() {
        let rows = "1.1.1,1,x,met,\"Here, and there.\",b.rs a.rs\n1.1.2,1,x,met,So.,b.rs\n1.1.3,1,x,partly,So.,b.rs";
        assert_eq!(complaints(rows, &[]), ["docs/asvs.csv:3: 1.1.2 is met, and no test shows it"]);
        assert_eq!(complaints(rows, &["1.1.2"]), [""; 0]);
    }

    #[test]
    fn a_test_that_is_gone_and_an_exception_without_need_are_found() {
        let rows = "1.1.1,1,x,met,So.,a.rs#it_holds\n1.1.2,1,x,met,So.,a.rs#it_is_gone";
        let expected = [
            "xtask/src/tidy/assurances.rs: 1.1.1 needs no exception",
            "docs/asvs.csv:3: there is no test a.rs#it_is_gone",
            "xtask/src/tidy/assurances.rs: docs/asvs.csv has no 9.9.9",
        ];
        assert_eq!(complaints(rows, &["1.1.1", "9.9.9"]), expected);
    }

    #[test]
    fn rows_have_a_known_state_and_stand_in_order() {
        let rows = "1.10.1,1,x,met,So.,a.rs\n1.9.1,1,x,almost,So.,a.rs";
        let expected = ["docs/asvs.csv:3: 1.9.1 does not follow 1.10.1", "docs/asvs.csv:3: \"almost\" is no state"];
        assert_eq!(complaints(rows, &[]), expected);
    }
}
