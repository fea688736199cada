//! Checks loaded demo data for consistency and completeness.

use bookings::Status;
use database::Connection;
use overviews::integrity::{self, Disorder};

/// The result of a check.
#[derive(Debug, Clone)]
pub struct Findings {
    pub disorder: Disorder,
    /// Statuses that no booking has.
    pub missing_statuses: Vec<&'static str>,
    /// The number of bookings by status, most first.
    pub statuses: Vec<(String, i64)>,
}

impl Findings {
    /// Whether the check found no fault.
    pub fn is_clean(&self) -> bool {
        self.disorder == Disorder::default() && self.missing_statuses.is_empty()
    }
}

/// Checks ledger, calendars, ratings, months and statuses.
pub async fn check(connection: &mut Connection) -> Result<Findings, database::Error> {
    let disorder = integrity::disorder(connection).await?;
    let statuses = integrity::bookings_by_status(connection).await?;
    let missing_statuses = Status::ALL
        .iter()
        .map(|status| status.as_str())
        .filter(|status| statuses.iter().all(|(present, _)| present != status))
        .collect();
    Ok(Findings { disorder, missing_statuses, statuses })
}
