//! The modules of a crate as they stand in its files, and which of them each one uses. Reads text: paths that begin with `crate`, `super`
//! or `self`, or with a child. Using what a module re-exports counts as using the module that defines it.

use std::collections::{BTreeMap, BTreeSet};

use super::literals;
use super::source::Source;

/// A module's place in its crate: `["search", "sql"]`; the root has none.
type ModulePath = Vec<String>;

/// One module.
struct Module {
    /// Below `src`.
    file: String,
    code: String,
    /// What it re-exports: name to path, with `*` for all of a module.
    reexports: Vec<(String, ModulePath)>,
    children: BTreeSet<String>,
}

/// The modules of one crate.
pub struct Modules {
    by_path: BTreeMap<ModulePath, Module>,
}

impl Modules {
    /// Reads the modules under `folder/src`, tests left out.
    pub fn read(folder: &str, sources: &[Source]) -> Self {
        let root = format!("{folder}/src/");
        let mut by_path = BTreeMap::new();
        for source in sources.iter().filter(|source| source.is_rust() && !source.is_test()) {
            let Some(file) = source.path.strip_prefix(&root) else { continue };
            let code = without_tests(&literals::of(&source.text).0);
            let module = Module { file: file.to_owned(), code, reexports: Vec::new(), children: BTreeSet::new() };
            by_path.insert(path_of(file), module);
        }
        let mut modules = Self { by_path };
        modules.add_children();
        modules.add_reexports();
        modules
    }

    /// Which files each file uses.
    pub fn uses(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.by_path.iter().map(|(path, module)| (module.file.as_str(), self.used_by(path, module))).collect()
    }

    fn used_by(&self, at: &ModulePath, module: &Module) -> BTreeSet<&str> {
        let mut used = BTreeSet::new();
        for (path, is_public) in paths(&module.code, &module.children) {
            let Some(target) = self.absolute(at, &path).and_then(|path| self.home_of(&path, 0)) else { continue };
            // A parent that re-exports what its children define does not use them.
            let hands_on = is_public && target.starts_with(at);
            if target != *at && !hands_on {
                used.extend(self.by_path.get(&target).map(|module| module.file.as_str()));
            }
        }
        used
    }

    fn add_children(&mut self) {
        let paths: Vec<ModulePath> = self.by_path.keys().cloned().collect();
        for path in &paths {
            if let Some((name, parent)) = path.split_last()
                && let Some(parent) = self.by_path.get_mut(parent)
            {
                parent.children.insert(name.clone());
            }
        }
    }

    fn add_reexports(&mut self) {
        let found: Vec<(ModulePath, Vec<(String, ModulePath)>)> = self
            .by_path
            .iter()
            .map(|(at, module)| {
                let public = paths(&module.code, &module.children).into_iter().filter(|(_, is_public)| *is_public);
                let named = public.filter_map(|(path, _)| {
                    let path = self.absolute(at, &path)?;
                    Some((path.last()?.clone(), path))
                });
                (at.clone(), named.collect())
            })
            .collect();
        for (at, reexports) in found {
            if let Some(module) = self.by_path.get_mut(&at) {
                module.reexports = reexports;
            }
        }
    }

    /// `path` as seen from the root of the crate, where it is one of this crate's.
    fn absolute(&self, at: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let (first, mut rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" => Vec::new(),
            "self" => at.clone(),
            "super" => at.split_last()?.1.to_vec(),
            child if self.by_path.get(at)?.children.contains(child) => [at.as_slice(), &[child.to_owned()]].concat(),
            _ => return None,
        };
        while let Some((next, after)) = rest.split_first().filter(|(next, _)| *next == "super") {
            debug_assert_eq!(next, "super");
            base.pop()?;
            rest = after;
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    /// The module that defines what `path` names.
    fn home_of(&self, path: &[String], depth: usize) -> Option<ModulePath> {
        let mut at = ModulePath::new();
        let mut rest = path;
        while let Some((next, after)) = rest.split_first() {
            let module = self.by_path.get(&at)?;
            if module.children.contains(next) {
                at.push(next.clone());
                rest = after;
                continue;
            }
            let handed_on = module.reexports.iter().find(|(name, _)| name == next);
            return match handed_on {
                // Follows re-exports of re-exports. A cycle of them would not compile, so the limit is reached only by text that is
                // misread.
                Some((_, target)) if depth < 8 => self.home_of(&[target.as_slice(), after].concat(), depth + 1),
                _ => Some(at),
            };
        }
        Some(at)
    }
}

/// `search/sql.rs` is `["search", "sql"]`, `search/mod.rs` is `["search"]`.
fn path_of(file: &str) -> ModulePath {
    let name = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if ["lib", "main", "mod"].contains(&name) {
        ModulePath::new()
    } else {
        name.split('/').map(str::to_owned).collect()
    }
}

/// The code before the module of tests at its end.
fn without_tests(code: &str) -> String {
    code.find("#[cfg(test)]\nmod ").map_or(code, |at| &code[..at]).to_owned()
}

/// Every path of this crate in `code`, one for each leaf of a `use`, and whether it stands in a `pub use`.
fn paths(code: &str, children: &BTreeSet<String>) -> Vec<(ModulePath, bool)> {
    let mut found = Vec::new();
    let mut rest = code;
    let mut offset = 0;
    while let Some(at) = rest.find("::") {
        let head = &rest[..at];
        let word = head.rsplit(|character: char| !is_word(character)).next().unwrap_or_default();
        let before = code[..offset + at - word.len()].trim_end();
        let begins = ["crate", "super", "self"].contains(&word) || children.contains(word);
        let tree = &rest[at + 2..];
        let length = tree_length(tree);
        if begins && !before.ends_with("::") && !before.ends_with("in") {
            let statement = before.rsplit([';', '}', '{']).next().unwrap_or_default();
            let is_public = before.ends_with("use") && statement.contains("pub");
            leaves(&[word.to_owned()], &tree[..length], &mut |path| found.push((path, is_public)));
            offset += at + 2 + length;
            rest = &tree[length..];
        } else {
            offset += at + 2;
            rest = tree;
        }
    }
    found
}

/// How far a path or a tree of paths goes.
fn tree_length(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' if depth > 0 || text[..at].ends_with("::") || at == 0 => depth += 1,
            '}' if depth > 1 => depth -= 1,
            '}' if depth == 1 => return at + 1,
            _ if depth > 0 || is_word(character) || character == ':' || character == '*' => {}
            _ => return at,
        }
    }
    text.len()
}

/// Calls `take` with every whole path of a tree that begins with `prefix`.
fn leaves(prefix: &[String], tree: &str, take: &mut dyn FnMut(ModulePath)) {
    let tree = tree.trim();
    let (head, rest) = tree.split_once('{').map_or((tree, None), |(head, rest)| (head, Some(rest)));
    let names = head.split("::").map(|name| name.split_whitespace().next().unwrap_or_default());
    let mut path = prefix.to_vec();
    path.extend(names.filter(|name| !name.is_empty() && *name != "self" && *name != "*").map(str::to_owned));
    let Some(rest) = rest else { return take(path) };
    let inner = rest.trim_end().trim_end_matches('}');
    let (mut depth, mut begin) = (0_usize, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                leaves(&path, &inner[begin..at], take);
                begin = at + 1;
            }
            _ => {}
        }
    }
    if !inner[begin..].trim().is_empty() {
        leaves(&path, &inner[begin..], take);
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}
