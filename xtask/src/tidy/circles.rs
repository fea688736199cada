//! Modules of a crate that use each other, straight or by way of others: neither can be read, changed or moved without the other.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::Manifest;
use super::modules::Modules;
use super::source::Source;

/// Circles that are not open yet: the crate, and its files that use each other.
const KNOWN: &[Circle] = &[("crates/gateways/cards", &["provider.rs", "sandbox.rs"])];

/// A crate's folder, and files below its `src`.
type Circle<'text> = (&'text str, &'text [&'text str]);

/// Every circle that is not known, and every known one that is open.
pub fn check(manifests: &[Manifest], sources: &[Source]) -> Vec<String> {
    let found = manifests.iter().flat_map(|manifest| {
        circles(&manifest.folder, sources).into_iter().map(|files| (manifest.folder.clone(), files))
    });
    complain(&found.collect::<Vec<_>>(), KNOWN)
}

fn complain(found: &[(String, Vec<String>)], known: &[Circle<'_>]) -> Vec<String> {
    let is_same = |(folder, files): &(String, Vec<String>), known: &Circle<'_>| folder == known.0 && files == known.1;
    let unknown = found.iter().filter(|circle| !known.iter().any(|known| is_same(circle, known)));
    let mut complaints: Vec<String> = unknown
        .map(|(folder, files)| format!("{folder}/src: these modules use each other: {}", files.join(", ")))
        .collect();
    let open = known.iter().filter(|known| !found.iter().any(|circle| is_same(circle, known)));
    complaints.extend(open.map(|(folder, files)| {
        format!("xtask/src/tidy/circles.rs: the circle of {folder}, {}, is open now", files.join(", "))
    }));
    complaints
}

/// The circles of one crate, each as its files in order.
fn circles(folder: &str, sources: &[Source]) -> Vec<Vec<String>> {
    let modules = Modules::read(folder, sources);
    let uses = modules.uses();
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses.keys().map(|file| (*file, reach(file, &uses))).collect();
    let mut circles: BTreeSet<Vec<String>> = BTreeSet::new();
    for (file, reachable) in &reached {
        if reachable.contains(file) {
            let circle = reachable.iter().filter(|other| reached[*other].contains(file));
            circles.insert(circle.map(|file| (*file).to_owned()).collect());
        }
    }
    circles.into_iter().collect()
}

/// Everything that `file` uses, straight or by way of others.
fn reach<'file>(file: &str, uses: &BTreeMap<&'file str, BTreeSet<&'file str>>) -> BTreeSet<&'file str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&str> = uses[file].iter().copied().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(&uses[next]);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> Source {
        Source { path: format!("crates/a/src/{path}"), text: text.into() }
    }

    #[test]
    fn modules_that_use_each_other_are_found() {
        let sources = [
            file("lib.rs", "mod one;\nmod two;\nmod three;\npub use three::Three;"),
            file("one.rs", "use crate::{\n    two::{Two, more},\n    Three,\n};\npub struct One;"),
            file("two.rs", "fn of(one: super::one::One) {}"),
            file("three.rs", "// crate::one\n\"crate::one\";\n#[cfg(test)]\nmod tests { use crate::one::One; }"),
        ];
        assert_eq!(circles("crates/a", &sources), [["one.rs", "two.rs"]]);
    }

    #[test]
    fn a_parent_may_hand_on_what_its_children_have_and_use_those_that_do_not_need_it() {
        let sources = [
            file("lib.rs", "mod area;\npub const ANSWER: u8 = 42;"),
            file(
                "area/mod.rs",
                "mod child;\nmod sibling;\npub use child::Child;\nuse sibling::Sibling;\npub struct Own;",
            ),
            file("area/child.rs", "use super::sibling::Sibling; use crate::ANSWER;\npub struct Child;"),
            file("area/sibling.rs", "pub struct Sibling;"),
        ];
        assert!(circles("crates/a", &sources).is_empty());
        let by_the_parent = [
            file("lib.rs", "mod area;"),
            file("area/mod.rs", "mod child;\nmod sibling;\npub use sibling::Sibling;"),
            file("area/child.rs", "use super::Sibling;\npub struct Child;"),
            file("area/sibling.rs", "use super::child::Child;\npub struct Sibling;"),
        ];
        assert_eq!(circles("crates/a", &by_the_parent).len(), 1);
        let with_the_parent = [
            file("lib.rs", "mod area;"),
            file("area/mod.rs", "mod child;\npub struct Own;\nfn of() { child::make() }"),
            file("area/child.rs", "use super::Own;\npub fn make() -> Own { Own }"),
        ];
        assert_eq!(circles("crates/a", &with_the_parent).len(), 1);
    }

    #[test]
    fn a_known_circle_is_no_complaint_until_it_is_open() {
        let circle = [("crates/a".to_owned(), vec!["a.rs".to_owned(), "b.rs".to_owned()])];
        assert!(complain(&circle, &[("crates/a", &["a.rs", "b.rs"])]).is_empty());
        assert_eq!(complain(&circle, &[]), ["crates/a/src: these modules use each other: a.rs, b.rs"]);
        let open = complain(&[], &[("crates/a", &["a.rs"])]);
        assert_eq!(open, ["xtask/src/tidy/circles.rs: the circle of crates/a, a.rs, is open now"]);
    }
}
