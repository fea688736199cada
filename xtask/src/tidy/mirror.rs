//! Every call of the API and every page has its tests at its own address, so that nobody searches for them and a gap is seen.

use std::collections::BTreeSet;

use super::source::Source;

pub(super) const API: &str = "crates/entrypoints/api/src/";
const PAGES: &str = "crates/entrypoints/web/src/pages/";
/// Where pages are mounted.
pub(super) const ROUTER: &str = "crates/entrypoints/web/src/router.rs";
pub(super) const TESTS_OF_API: &str = "crates/testkit/tests/it/api/";
pub(super) const TESTS_OF_PAGES: &str = "crates/testkit/tests/it/pages/";

/// Every handler and page without tests at its address, and every file of tests without a namesake.
pub fn check(sources: &[Source]) -> Vec<String> {
    let mut complaints = nameless(sources);
    for (code, tests, found) in [(API, TESTS_OF_API, handlers(sources)), (PAGES, TESTS_OF_PAGES, pages(sources))] {
        let files: BTreeSet<&str> = test_files(tests, sources).collect();
        let untested = found.iter().filter(|file| !is_run(tests, file, sources));
        complaints.extend(untested.map(|file| format!("{code}{file}: has no tests in {tests}{file}")));
        let gone = files.into_iter().filter(|file| !found.contains(*file));
        complaints.extend(gone.map(|file| format!("{tests}{file}: nothing is mounted from {code}{file}")));
    }
    complaints
}

/// Handlers in a `mod.rs`, which would have no address.
fn nameless(sources: &[Source]) -> Vec<String> {
    let in_module = |source: &&Source| source.path.starts_with(API) && source.path.ends_with("/mod.rs");
    let with_handler = sources.iter().filter(in_module).filter(|source| is_documented(source));
    with_handler.map(|source| format!("{}: a handler stands in a file named after what it does", source.path)).collect()
}

/// Files of the API, from its `src`, with a documented handler, or with one that their area mounts.
pub(super) fn handlers(sources: &[Source]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for source in sources {
        let Some((area, name)) = source.path.strip_prefix(API).and_then(|file| file.split_once('/')) else { continue };
        let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "mod") else { continue };
        let area_mounts = |root: &Source| {
            root.path == format!("{API}{area}/mod.rs") && mounted(&root.text).any(|handler| names(handler, module))
        };
        if is_documented(source) || sources.iter().any(area_mounts) {
            found.insert(format!("{area}/{name}"));
        }
    }
    found
}

/// Files of pages, from their folder, with something that the router mounts.
pub(super) fn pages(sources: &[Source]) -> BTreeSet<String> {
    let router = sources.iter().find(|source| source.path == ROUTER).map_or("", |source| source.text.as_str());
    let files =
        sources.iter().filter_map(|source| source.path.strip_prefix(PAGES)).filter(|file| file.ends_with(".rs"));
    let is_mounted = |file: &&str| {
        let path = file.trim_end_matches(".rs").replace('/', "::");
        mounted(router).any(|handler| names(handler, &path))
    };
    files.filter(is_mounted).map(str::to_owned).collect()
}

fn test_files<'source>(folder: &str, sources: &'source [Source]) -> impl Iterator<Item = &'source str> {
    let files = sources.iter().filter_map(move |source| source.path.strip_prefix(folder));
    files.filter(|file| !file.ends_with("mod.rs"))
}

/// Whether the file has a test and every folder on the way to it declares the next: the compiler says nothing of a file that no module
/// names.
fn is_run(folder: &str, file: &str, sources: &[Source]) -> bool {
    let text = |path: &str| sources.iter().find(|source| source.path == path).map_or("", |source| source.text.as_str());
    let mut parent = folder.to_owned();
    for part in file.trim_end_matches(".rs").split('/') {
        let declaration = format!("mod {part};");
        if !text(&format!("{parent}mod.rs")).lines().any(|line| line == declaration) {
            return false;
        }
        parent += &format!("{part}/");
    }
    text(&format!("{folder}{file}")).contains("test]")
}

fn is_documented(source: &Source) -> bool {
    source.text.contains("#[utoipa::path")
}

/// What stands in each `.on(…)`, up to the next one or the end of the function.
pub(super) fn mounted(text: &str) -> impl Iterator<Item = &str> {
    text.split(".on(").skip(1).map(|rest| rest.split("\n}").next().unwrap_or_default())
}

/// Whether a path to something in `module` begins in `text`.
pub(super) fn names(text: &str, module: &str) -> bool {
    text.match_indices(&format!("{module}::")).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || "_:".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_handler_without_tests_is_found_whether_documented_or_only_mounted() {
        let sources = [
            file(
                "crates/entrypoints/api/src/a/mod.rs",
                "fn routes() {\n    routes.on(&table::SHOW, show::handle).on(&table::PICTURE, picture::handle)\n}\nuse views::View;",
            ),
            file("crates/entrypoints/api/src/a/show.rs", "#[utoipa::path(get)]"),
            file("crates/entrypoints/api/src/a/picture.rs", ""),
            file("crates/entrypoints/api/src/a/views.rs", ""),
            file("crates/entrypoints/api/src/input.rs", ""),
            file("crates/testkit/tests/it/api/mod.rs", "mod a;"),
            file("crates/testkit/tests/it/api/a/mod.rs", "mod show;"),
            file("crates/testkit/tests/it/api/a/show.rs", "#[tokio::test]"),
        ];
        let expected =
            ["crates/entrypoints/api/src/a/picture.rs: has no tests in crates/testkit/tests/it/api/a/picture.rs"];
        assert_eq!(check(&sources), expected);
    }

    #[test]
    fn a_page_is_what_the_router_mounts_at_its_whole_path() {
        let sources = [
            file(
                "crates/entrypoints/web/src/router.rs",
                "fn mount() {\n    routes.on(&pages::BOOKING, bookings::show::show).on(&pages::THEME, theme::keep)\n}",
            ),
            file("crates/entrypoints/web/src/pages/bookings/show.rs", ""),
            file("crates/entrypoints/web/src/pages/bookings/cards.rs", ""),
            file("crates/entrypoints/web/src/pages/old_bookings/show.rs", ""),
            file("crates/entrypoints/web/src/pages/theme.rs", ""),
            file("crates/testkit/tests/it/pages/mod.rs", "mod theme;"),
            file("crates/testkit/tests/it/pages/theme.rs", "#[tokio::test]"),
        ];
        let expected = [
            "crates/entrypoints/web/src/pages/bookings/show.rs: has no tests in crates/testkit/tests/it/pages/bookings/show.rs",
        ];
        assert_eq!(check(&sources), expected);
    }

    #[test]
    fn tests_whose_handler_is_gone_and_a_handler_without_an_address_are_found() {
        let sources = [
            file("crates/entrypoints/api/src/a/mod.rs", "#[utoipa::path(get)]"),
            file("crates/testkit/tests/it/api/a/gone.rs", "#[tokio::test]"),
        ];
        let expected = [
            "crates/entrypoints/api/src/a/mod.rs: a handler stands in a file named after what it does",
            "crates/testkit/tests/it/api/a/gone.rs: nothing is mounted from crates/entrypoints/api/src/a/gone.rs",
        ];
        assert_eq!(check(&sources), expected);
    }

    #[test]
    fn a_file_that_holds_no_test_or_is_not_declared_counts_as_none() {
        let sources = [
            file("crates/entrypoints/api/src/a/empty.rs", "#[utoipa::path(get)]"),
            file("crates/entrypoints/api/src/a/forgotten.rs", "#[utoipa::path(get)]"),
            file("crates/testkit/tests/it/api/mod.rs", "mod a;"),
            file("crates/testkit/tests/it/api/a/mod.rs", "mod empty;"),
            file("crates/testkit/tests/it/api/a/empty.rs", ""),
            file("crates/testkit/tests/it/api/a/forgotten.rs", "#[tokio::test]"),
        ];
        let expected = [
            "crates/entrypoints/api/src/a/empty.rs: has no tests in crates/testkit/tests/it/api/a/empty.rs",
            "crates/entrypoints/api/src/a/forgotten.rs: has no tests in crates/testkit/tests/it/api/a/forgotten.rs",
        ];
        assert_eq!(check(&sources), expected);
    }
}
