//! Counts passed tests from the output of the test programs.

use std::fmt;
use std::ops::AddAssign;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// How many tests passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl Tally {
    pub const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0 };
    pub const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0 };

    /// A program that failed without reporting a failed test counts as one failure.
    pub fn of_program(self, succeeded: bool) -> Self {
        if succeeded || self.failed > 0 { self } else { Self { failed: 1, ..self } }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Parses the summary of nextest: `Summary [0.9s] 9/12 tests run: 8 passed (1 slow), 1 failed, 0 skipped`.
pub fn of_nextest(text: &str) -> Tally {
    let line = text.lines().rev().find(|line| line.contains("Summary [")).unwrap_or_default();
    let counts = line.split_once("run:").map_or("", |(_, counts)| counts);
    Tally {
        passed: number_before(counts, " passed"),
        failed: [" failed", " timed out", " exec failed"].iter().map(|word| number_before(counts, word)).sum(),
        skipped: number_before(counts, " skipped"),
    }
}

/// Parses the summaries of `cargo test`, one per binary: `test result: ok. 4 passed; 0 failed; 2 ignored; …`.
pub fn of_cargo_test(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        tally += Tally {
            passed: number_before(line, " passed"),
            failed: number_before(line, " failed"),
            skipped: number_before(line, " ignored"),
        };
    }
    tally
}

/// Runs tests under Node's own runner, which ends with `# pass 3`.
pub fn node_tests(command: &mut Command) -> Result<Tally> {
    let (succeeded, text) = shell::tee(command)?;
    let count = |name: &str| {
        let lines = text.lines().rev().map(|line| line.trim_start_matches(['#', 'ℹ', ' ']));
        lines.filter_map(|line| line.strip_prefix(name)).find_map(|rest| rest.trim().parse().ok()).unwrap_or(0)
    };
    let tally = Tally { passed: count("pass "), failed: count("fail "), skipped: count("skipped ") };
    Ok(tally.of_program(succeeded))
}

/// Parses the summary of the browser tests: `20 passed, 1 failed`.
pub fn of_browser(text: &str) -> Tally {
    let line = text.lines().rev().find(|line| line.contains(" passed, ")).unwrap_or_default();
    Tally {
        passed: number_before(line, " passed"),
        failed: number_before(line, " failed"),
        skipped: number_before(line, " skipped"),
    }
}

/// The number right before `word`, or 0.
fn number_before(text: &str, word: &str) -> u32 {
    let Some((before, _)) = text.split_once(word) else { return 0 };
    let digits = before.rsplit(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_nextest() {
        let line = "     Summary [   0.961s] 9/12 tests run: 8 passed (2 slow), 1 failed, 1 timed out, 3 skipped";
        assert_eq!(of_nextest(line), Tally { passed: 8, failed: 2, skipped: 3 });
        assert_eq!(of_nextest("     Summary [ 3.4s] 12 tests run: 12 passed, 0 skipped").passed, 12);
        assert_eq!(of_nextest("error: could not compile"), Tally::default());
    }

    #[test]
    fn sums_cargo_test() {
        let text = "test result: ok. 4 passed; 0 failed; 2 ignored; 0 measured\nx\ntest result: FAILED. 1 passed; 3 failed; 0 ignored";
        assert_eq!(of_cargo_test(text), Tally { passed: 5, failed: 3, skipped: 2 });
    }

    #[test]
    fn a_program_that_fails_without_a_failed_test_counts() {
        assert_eq!(Tally::default().of_program(false), Tally::FAILED);
        assert_eq!(Tally::PASSED.of_program(true), Tally::PASSED);
    }

    #[test]
    fn reads_the_browser_tests() {
        assert_eq!(of_browser("ok\n20 passed, 1 failed\n"), Tally { passed: 20, failed: 1, skipped: 0 });
    }
}
