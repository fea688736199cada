//! Counts the tests at the address of each call and page: every entry point has two of its own, beside those that call all of them alike.

use super::mirror::{self, API, ROUTER, TESTS_OF_API, TESTS_OF_PAGES};
use super::source::Source;

/// Tests that each entry point should have.
const TESTS_MIN: usize = 2;

/// How many tests a file lacks today. A number only ever falls; where nothing is lacking any more, the line goes.
const EXCEPTIONS: &[(&str, usize)] = &[
    ("crates/testkit/tests/it/api/accounts/passkeys.rs", 6),
    ("crates/testkit/tests/it/api/accounts/totp.rs", 3),
    ("crates/testkit/tests/it/pages/account/calendars.rs", 7),
    ("crates/testkit/tests/it/pages/account/keys.rs", 5),
    ("crates/testkit/tests/it/pages/account/passkeys.rs", 5),
    ("crates/testkit/tests/it/pages/account/security.rs", 9),
    ("crates/testkit/tests/it/pages/account/sessions.rs", 1),
    ("crates/testkit/tests/it/pages/account/settings.rs", 4),
    ("crates/testkit/tests/it/pages/auth/code.rs", 2),
    ("crates/testkit/tests/it/pages/auth/forgot.rs", 2),
    ("crates/testkit/tests/it/pages/auth/passkey.rs", 1),
    ("crates/testkit/tests/it/pages/auth/register.rs", 3),
    ("crates/testkit/tests/it/pages/auth/reset.rs", 3),
    ("crates/testkit/tests/it/pages/auth/verify.rs", 3),
    ("crates/testkit/tests/it/pages/book/brief.rs", 2),
    ("crates/testkit/tests/it/pages/book/time.rs", 1),
    ("crates/testkit/tests/it/pages/crawlers.rs", 3),
    ("crates/testkit/tests/it/pages/development/serve.rs", 5),
    ("crates/testkit/tests/it/pages/help/ranking.rs", 1),
    ("crates/testkit/tests/it/pages/home/home.rs", 1),
    ("crates/testkit/tests/it/pages/mailbox/inbox.rs", 1),
    ("crates/testkit/tests/it/pages/mailbox/message.rs", 3),
    ("crates/testkit/tests/it/pages/theme.rs", 1),
];

/// Every file with fewer tests than its entry points need, and every exception that is not needed any more.
pub fn check(sources: &[Source]) -> Vec<String> {
    compare(&lacking(sources), EXCEPTIONS)
}

/// What is mounted from one file, and how many tests stand at its address.
struct Tested {
    tests: String,
    entry_points: usize,
    found: usize,
}

impl Tested {
    fn lacks(&self) -> usize {
        (self.entry_points * TESTS_MIN).saturating_sub(self.found)
    }
}

fn compare(lacking: &[Tested], exceptions: &[(&str, usize)]) -> Vec<String> {
    let allowed = |file: &str| exceptions.iter().find(|(name, _)| *name == file).map_or(0, |(_, lacks)| *lacks);
    let short = lacking.iter().filter(|file| file.lacks() > allowed(&file.tests)).map(|file| {
        let Tested { tests, entry_points, found } = file;
        format!("{tests}: {found} tests of {entry_points} entry points; {TESTS_MIN} of each are the least")
    });
    let idle = exceptions.iter().filter(|(name, _)| !lacking.iter().any(|file| file.tests == *name));
    short.chain(idle.map(|(name, _)| format!("xtask/src/tidy/test_counts.rs: {name} needs no exception"))).collect()
}

/// The files that lack tests.
fn lacking(sources: &[Source]) -> Vec<Tested> {
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
        Tested { tests, entry_points, found }
    });
    all.filter(|file| file.lacks() > 0).collect()
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
        assert!(lacking(&sources(&"#[tokio::test]\nasync fn a() {}\n".repeat(4))).is_empty());
    }

    #[test]
    fn fewer_are_told_unless_they_are_known_and_never_fewer_than_that() {
        let found = lacking(&sources("#[test]\nfn a() {}\n#[tokio::test(flavor = \"multi_thread\")]\n"));
        let name = "crates/testkit/tests/it/api/a/show.rs";
        let complaint = format!("{name}: 2 tests of 2 entry points; 2 of each are the least");
        assert_eq!(compare(&found, &[]), [complaint.as_str()]);
        assert_eq!(compare(&found, &[(name, 1)]), [complaint.as_str()]);
        assert_eq!(compare(&found, &[(name, 2)]), [""; 0]);
        assert_eq!(compare(&[], &[(name, 2)]), [format!("xtask/src/tidy/test_counts.rs: {name} needs no exception")]);
    }
}
