//! Finds cycles of modules within a crate: modules in a cycle cannot be read, changed or moved separately.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::Manifest;
use super::modules::Modules;
use super::source::Source;

/// Every circle of every crate.
pub fn check(manifests: &[Manifest], sources: &[Source]) -> Vec<String> {
    let of_crate = |manifest: &Manifest| {
        let complain =
            |files: Vec<String>| format!("{}/src: these modules use each other: {}", manifest.folder, files.join(", "));
        circles(&manifest.folder, sources).into_iter().map(complain).collect::<Vec<_>>()
    };
    manifests.iter().flat_map(of_crate).collect()
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

/// All files that `file` uses, directly or indirectly.
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
}
