//! Limits the unpaid bookings of a customer, because each holds a time that nobody else can book, at no cost.

use std::collections::HashMap;

use bookings::queries;
use database::Connection;
use kernel::{Instant, PersonId};
use site::Services;

use super::order::Verdict;
use crate::WorkflowError;

/// The unpaid bookings of all customers in a group. Groups that run at the same time do not see each other's bookings, so a customer
/// who sends many requests at once can exceed the limit, by at most its size for each group at work. That is acceptable.
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

    /// Counts one more booking for this customer if the order can be booked; refuses it above the limit.
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
