//! Writes orders that arrive at the same time together, with one statement and one commit.

use std::collections::HashSet;
use std::time::Duration;

use bookings::commands::{self, Begun};
use bookings::{BookingsError, KeptAnswer};
use database::group_commit::{Group, Outcomes};
use database::idempotency;
use database::{Connection, Database};
use kernel::OfferingId;
use site::{Services, Site};

use super::answer::Placed;
use super::order::{Order, Verdict};
use super::unpaid::Unpaid;
use crate::{AnswerTemplate, WorkflowError};

/// Groups the orders of this server.
pub(super) struct PlaceOrders(pub Site);

/// An order with the template of its answer.
#[derive(Debug)]
pub(super) struct PlaceOrder {
    pub order: Order,
    pub template: AnswerTemplate<Placed>,
}

/// The result of an order.
#[derive(Debug)]
pub(super) enum PlacingOutcome {
    /// Placed; the body of the answer.
    Placed(Vec<u8>),
    /// The time is taken.
    Taken,
    /// The time was never on offer.
    NotOffered,
}

/// An order that fits its offering. Whether its time is free is decided by the insert.
struct Offered {
    /// The index of its member in the group.
    index: usize,
    begun: Begun,
    answer: KeptAnswer,
}

impl Group for PlaceOrders {
    type Member = PlaceOrder;
    type Outcome = PlacingOutcome;
    type Error = WorkflowError;
    /// The offering stands for the celebrity's calendar, which is not known yet. A celebrity has several offerings, so two groups can still
    /// want one calendar; there the advisory lock in the statement makes them take turns.
    type LockKey = OfferingId;

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn lock_key(member: &PlaceOrder) -> OfferingId {
        member.order.offering
    }

    async fn write(
        &self,
        connection: &mut Connection,
        members: &[PlaceOrder],
        patience: Duration,
        outcomes: &mut Outcomes<PlacingOutcome, WorkflowError>,
    ) -> Result<(), WorkflowError> {
        let site = &*self.0;
        let now = site.clock.now();
        let offered = judge_all(site, connection, members, outcomes).await?;
        if offered.is_empty() {
            return Ok(());
        }
        let wanted: Vec<_> = offered.iter().map(|one| (&one.begun, &one.answer)).collect();
        let mut placed = HashSet::new();
        let written = commands::place(connection, &*site.chance, now, &wanted, patience, &mut placed).await;
        for Offered { index, begun, answer } in offered {
            if placed.contains(&begun.booking.id) {
                outcomes.record(index, Ok(PlacingOutcome::Placed(answer.body)));
            } else if written.is_ok() {
                // The statement succeeded but skipped this booking: another one has the time.
                outcomes.record(index, Ok(PlacingOutcome::Taken));
            }
        }
        written.map_err(|error| match error {
            BookingsError::Database(error) if idempotency::is_used_key(&error) => WorkflowError::EarlierTry,
            error => error.into(),
        })
    }
}

/// Compares every order with its offering: records the refusals, and prepares the bookings of the others.
async fn judge_all(
    site: &Services,
    connection: &mut Connection,
    members: &[PlaceOrder],
    outcomes: &mut Outcomes<PlacingOutcome, WorkflowError>,
) -> Result<Vec<Offered>, WorkflowError> {
    let now = site.clock.now();
    let wanted: Vec<_> = members.iter().map(|member| member.order.offering).collect();
    let offers = site.offers.read(connection, &wanted, now).await?;
    let customers: Vec<_> = members.iter().map(|member| member.order.customer).collect();
    let mut unpaid = Unpaid::count(site, connection, &customers, now).await?;
    let mut offered = Vec::new();
    for (index, (PlaceOrder { order, template }, offer)) in members.iter().zip(offers).enumerate() {
        match order.judge(offer.as_deref(), now).and_then(|verdict| unpaid.admit(order.customer, verdict)) {
            Ok(Verdict::Offered(new, star)) => {
                let begun = Begun::new(*new, &*site.chance, now);
                let answer = template.answer(Placed { booking: begun.booking.clone(), star }, now);
                offered.push(Offered { index, begun, answer });
            }
            Ok(Verdict::NotOffered) => outcomes.record(index, Ok(PlacingOutcome::NotOffered)),
            Err(refusal) => outcomes.record(index, Err(refusal)),
        }
    }
    Ok(offered)
}
