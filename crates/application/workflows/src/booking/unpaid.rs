//! How much a customer may leave unpaid: every held time is kept from everybody else, and holding costs nothing.

use std::collections::HashMap;

use bookings::queries;
use database::Connection;
use kernel::{Instant, PersonId};
use site::Services;

use super::order::Verdict;
use crate::WorkflowError;

/// The unpaid bookings of everybody in a group. Two groups at the same time do not see each other, so that somebody who asks for
/// many at once may get as much again; it stays a handful.
pub(super) struct Unpaid {
    max: Option<u32>,
    counts: HashMap<PersonId, u32>,
}

impl Unpaid {
    pub(super) async fn count(
        site: &Services,
        connection: &mut Connection,
        customers: &[PersonId],
        now: Instant,
    ) -> Result<Self, WorkflowError> {
        let max = site.settings.unpaid_max;
        let counts = if max.is_some() { queries::unpaid(connection, customers, now).await? } else { HashMap::new() };
        Ok(Self { max, counts })
    }

    /// Counts one more for this customer, if it can be had at all.
    pub(super) fn admit(&mut self, customer: PersonId, verdict: Verdict) -> Result<Verdict, WorkflowError> {
        let (Verdict::Offered(..), Some(max)) = (&verdict, self.max) else { return Ok(verdict) };
        let count = self.counts.entry(customer).or_default();
        if *count >= max {
            return Err(WorkflowError::TooManyUnpaid { max });
        }
        *count += 1;
        Ok(verdict)
    }
}
