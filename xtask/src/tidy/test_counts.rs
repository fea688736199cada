//! Counts the tests at the address of each call and page: every entry point has two of its own, beside those that call all of them alike.

use super::mirror::{self, API, ROUTER, TESTS_OF_API, TESTS_OF_PAGES};
use super::source::Source;

/// Tests that each entry point should have.
const TESTS_MIN: usize = 2;

/// Every file with fewer tests than its entry points need.
pub fn check(sources: &[Source]) -> Vec<String> {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map_or("", |source| source.text.as_str());
    let calls = mirror::handlers(sources).into_iter().map(|file| {
        let (area, module) = file.split_once('/').unwrap_or_default();
        let routes = text(&format!("{API}{area}/mod.rs"));
        (TESTS_OF_API, entry_points(routes, module.trim_end_matches(".rs")), file.clone())
    });
    let pages = mirror::pages(sources).into_iter().map(|file| {
        let module = file.trim_end_matches(".rs").replace('/', "::");
        (TESTS_OF_PAGES, entry_points(text(ROUTER), &module), file)
    });
    let all = calls.chain(pages).map(|(folder, entry_points, file)| {
        let tests = format!("{folder}{file}");
        let found = sources.iter().find(|source| source.path == tests).map_or(0, Source::tests);
        (tests, entry_points, found)
    });
    let short = all.filter(|(_, entry_points, found)| *found < entry_points * TESTS_MIN);
    let complain = |(tests, entry_points, found)| {
        format!("{tests}: {found} tests of {entry_points} entry points; {TESTS_MIN} of each are the least")
    };
    short.map(complain).collect()
}

/// How many entry points lead to something in `module`.
fn entry_points(routes: &str, module: &str) -> usize {
    mirror::mounted(routes).filter(|handler| mirror::names(handler, module)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    fn sources(tests: &str) -> [Source; 3] {
        [
            file("crates/entrypoints/api/src/a/mod.rs", "    routes.on(&table::A, show::a).on(&table::B, show::b)\n}"),
            file("crates/entrypoints/api/src/a/show.rs", "#[utoipa::path(get)]"),
            file("crates/testkit/tests/it/api/a/show.rs", tests),
        ]
    }

    #[test]
    fn two_tests_of_each_entry_point_are_enough() {
        assert_eq!(check(&sources(&"#[tokio::test]\nasync fn a() {}\n".repeat(4))), [""; 0]);
    }

    #[test]
    fn fewer_are_told() {
        let three = "#[test]\nfn a() {}\n#[tokio::test(flavor = \"multi_thread\")]\n#[test]\n";
        let complaint = "crates/testkit/tests/it/api/a/show.rs: 3 tests of 2 entry points; 2 of each are the least";
        assert_eq!(check(&sources(three)), [complaint]);
        assert_eq!(check(&sources("")), [complaint.replace("3 tests", "0 tests")]);
    }
}
