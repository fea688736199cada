//! What became of the changes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::plan::{KnownSurvivor, SURVIVORS};

/// A change, as the tool names it: `path:line:column: what it does`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    place: String,
    path: String,
    change: String,
}

/// The changes by what became of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct MutantTally {
    pub caught: Vec<Mutant>,
    pub missed: Vec<Mutant>,
    /// The tests did not end, which a change that loops for ever brings about: it was noticed.
    pub timed_out: Vec<Mutant>,
    /// They do not compile.
    pub unviable: Vec<Mutant>,
}

impl Mutant {
    fn read(line: &str) -> Result<Self> {
        let (place, change) = line.split_once(": ").with_context(|| format!("is no change: {line}"))?;
        let path = place.split(':').next().unwrap_or_default();
        Ok(Self { place: place.to_owned(), path: path.to_owned(), change: change.to_owned() })
    }
}

impl MutantTally {
    /// Reads what the tool wrote.
    pub fn read(folder: &Path) -> Result<Self> {
        let list = |name: &str| {
            let file = folder.join("mutants.out").join(name);
            let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
            text.lines().map(Mutant::read).collect::<Result<Vec<_>>>()
        };
        let (caught, missed) = (list("caught.txt")?, list("missed.txt")?);
        Ok(Self { caught, missed, timed_out: list("timeout.txt")?, unviable: list("unviable.txt")? })
    }

    pub fn add(&mut self, other: Self) {
        self.caught.extend(other.caught);
        self.missed.extend(other.missed);
        self.timed_out.extend(other.timed_out);
        self.unviable.extend(other.unviable);
    }

    /// What became of those that had survived. What timed out is tried again too.
    pub fn try_again(&mut self, again: Self) {
        self.missed.clear();
        self.timed_out.clear();
        self.add(again);
    }

    /// Survivors without a reason, reasons without a survivor, and too many survivors.
    pub fn complaints(&self, known: &[KnownSurvivor], percent_max: usize) -> Vec<String> {
        let mut unused: Vec<&KnownSurvivor> = known.iter().filter(|one| self.has_tried(&one.path)).collect();
        let mut complaints = Vec::new();
        for mutant in &self.missed {
            match unused.iter().position(|one| one.path == mutant.path && one.change == mutant.change) {
                Some(index) => drop(unused.swap_remove(index)),
                None => complaints.push(format!("no test fails for {}: {}", mutant.place, mutant.change)),
            }
        }
        let needless = |one: &KnownSurvivor| format!("{SURVIVORS}: a test fails for {}: {}", one.path, one.change);
        complaints.extend(unused.into_iter().map(needless));
        let (survived, viable) = (self.missed.len(), self.viable());
        if survived * 100 > viable * percent_max {
            complaints.push(format!("{survived} of {viable} survived; {percent_max} of a hundred may"));
        }
        complaints
    }

    fn viable(&self) -> usize {
        self.caught.len() + self.missed.len() + self.timed_out.len()
    }

    fn has_tried(&self, path: &str) -> bool {
        let lists = [&self.caught, &self.missed, &self.timed_out, &self.unviable];
        lists.into_iter().flatten().any(|mutant| mutant.path == path)
    }
}

/// A line for each file, and the sums.
impl fmt::Display for MutantTally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut files: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
        for (column, list) in [&self.caught, &self.missed, &self.timed_out, &self.unviable].into_iter().enumerate() {
            for mutant in list {
                files.entry(&mutant.path).or_default()[column] += 1;
            }
        }
        writeln!(f, "  caught  missed  timed out  unviable")?;
        for (path, [caught, missed, timed_out, unviable]) in files {
            writeln!(f, "{caught:>8}{missed:>8}{timed_out:>11}{unviable:>10}  {path}")?;
        }
        let [caught, missed, timed_out] = [&self.caught, &self.missed, &self.timed_out].map(Vec::len);
        write!(f, "{caught:>8}{missed:>8}{timed_out:>11}{:>10}  in all", self.unviable.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutants(lines: &[&str]) -> Vec<Mutant> {
        lines.iter().map(|line| Mutant::read(line).unwrap()).collect()
    }

    fn known(path: &str, change: &str) -> KnownSurvivor {
        KnownSurvivor { path: path.to_owned(), change: change.to_owned(), reason: "equal".to_owned() }
    }

    #[test]
    fn a_survivor_needs_a_reason_and_a_reason_a_survivor() {
        let missed = mutants(&["a.rs:4:9: replace < with <= in f", "a.rs:7:2: replace < with <= in f", "b.rs:1:1: x"]);
        let tally = MutantTally { caught: mutants(&["a.rs:1:1: y"; 97]), missed, ..MutantTally::default() };
        let reasons = [known("a.rs", "replace < with <= in f"), known("a.rs", "y"), known("not_tried.rs", "y")];
        let expected = [
            "no test fails for a.rs:7:2: replace < with <= in f",
            "no test fails for b.rs:1:1: x",
            "xtask/src/mutants/survivors.txt: a test fails for a.rs: y",
        ];
        assert_eq!(tally.complaints(&reasons, 5), expected);
        let complaints = tally.complaints(&reasons, 2);
        assert_eq!(complaints.last().unwrap(), "3 of 100 survived; 2 of a hundred may");
    }

    #[test]
    fn what_is_tried_again_has_the_later_outcome() {
        let of = |line: &str| mutants(&[line]);
        let mut tally = MutantTally { caught: of("a.rs:1:1: a"), missed: of("a.rs:2:1: b"), ..MutantTally::default() };
        tally.try_again(MutantTally { caught: of("a.rs:2:1: b"), ..MutantTally::default() });
        assert_eq!(tally, MutantTally { caught: mutants(&["a.rs:1:1: a", "a.rs:2:1: b"]), ..MutantTally::default() });
    }
}
