//! What came of a fault.

use std::time::Duration;

/// The longest time until bookings succeed again after a fault has ended. Most of it is PostgreSQL's own recovery on a busy disk.
const WELL_AGAIN_MAX: Duration = Duration::from_secs(30);

/// What came of one fault.
#[derive(Debug)]
pub struct Outcome {
    pub name: &'static str,
    /// How many bookings customers made and paid meanwhile.
    pub held: usize,
    pub lost: Vec<String>,
    pub doubled: Vec<String>,
    /// The longest time without a success.
    pub gap: Duration,
    /// How long after the end of the fault a booking succeeded.
    pub well_again: Option<Duration>,
    /// What else there is to say.
    pub note: String,
    /// A promise that was not kept.
    pub failure: Option<String>,
    /// It could not be tried on this machine.
    pub is_skipped: bool,
}

impl Outcome {
    /// A fault that ended the trial itself.
    pub fn failed(name: &'static str, error: &anyhow::Error) -> Self {
        Self { failure: Some(format!("{error:#}")), ..Self::without_load(name, String::new()) }
    }

    /// A fault that this machine does not allow.
    pub fn skipped(name: &'static str, reason: &str) -> Self {
        Self { is_skipped: true, ..Self::without_load(name, reason.to_owned()) }
    }

    /// A fault that was tried without customers.
    pub fn without_load(name: &'static str, note: String) -> Self {
        Self {
            name,
            held: 0,
            lost: Vec::new(),
            doubled: Vec::new(),
            gap: Duration::ZERO,
            well_again: None,
            note,
            failure: None,
            is_skipped: false,
        }
    }

    /// Whether everything that was promised was kept.
    pub fn is_kept(&self) -> bool {
        self.failure.is_none()
            && self.lost.is_empty()
            && self.doubled.is_empty()
            && self.well_again.is_none_or(|well_again| well_again < WELL_AGAIN_MAX)
    }
}

/// Prints a line for each fault, and what was lost or doubled.
pub fn print_table(outcomes: &[Outcome]) {
    println!(
        "{:<30} {:>5} {:>5} {:>8} {:>12} {:>11}  note",
        "fault", "held", "lost", "doubled", "longest gap", "well again"
    );
    for outcome in outcomes {
        let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
        println!(
            "{:<30} {:>5} {:>5} {:>8} {:>12} {:>11}  {}{}",
            outcome.name,
            outcome.held,
            outcome.lost.len(),
            outcome.doubled.len(),
            seconds(outcome.gap),
            outcome.well_again.map_or_else(|| "-".to_owned(), seconds),
            match (outcome.is_kept(), outcome.is_skipped) {
                (_, true) => "NOT TRIED: ",
                (true, _) => "",
                (false, _) => "FAILED: ",
            },
            outcome.failure.as_deref().unwrap_or(&outcome.note)
        );
        for wrong in outcome.lost.iter().chain(&outcome.doubled) {
            println!("    {wrong}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_or_a_long_illness_is_not_kept() {
        let well = || Outcome {
            held: 7,
            well_again: Some(Duration::from_secs(2)),
            ..Outcome::without_load("a", String::new())
        };
        assert!(well().is_kept() && Outcome::skipped("a", "no root").is_kept());
        assert!(!Outcome { lost: vec!["a booking".to_owned()], ..well() }.is_kept());
        assert!(!Outcome { doubled: vec!["a capture".to_owned()], ..well() }.is_kept());
        assert!(!Outcome { well_again: Some(Duration::from_secs(60)), ..well() }.is_kept());
        assert!(!Outcome::failed("a", &anyhow::anyhow!("it hangs")).is_kept());
    }
}
