//! Orders that arrive at the same moment are written together: one statement and its commit for all of them.

use std::collections::HashSet;
use std::time::Duration;

use bookings::commands::{self, Begun};
use bookings::{BookingsError, KeptAnswer};
use database::group_commit::{Group, Outcomes};
use database::idempotency;
use database::{Connection, Database};
use site::{Services, Site};

use super::order::{Order, Verdict};
use super::place::{Placed, Receipt};
use super::unpaid::Unpaid;
use crate::WorkflowError;

/// The group of all orders of one process.
pub(super) struct PlaceOrders(pub Site);

/// An order with what its caller is answered.
#[derive(Debug)]
pub(super) struct PlaceOrder {
    pub order: Order,
    pub receipt: Receipt,
}

/// What came of an order.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Placed, and to be answered with this.
    Placed(Vec<u8>),
    /// Somebody has the time.
    Taken,
    /// The time was never on offer.
    NotOffered,
}

/// An order that can be had, unless somebody has its time.
struct Offered {
    /// Its place in the group.
    index: usize,
    begun: Begun,
    answer: KeptAnswer,
}

impl Group for PlaceOrders {
    type Member = PlaceOrder;
    type Outcome = Outcome;
    type Error = WorkflowError;

    fn database(&self) -> &Database {
        &self.0.database
    }

    async fn write(
        &self,
        connection: &mut Connection,
        members: &[PlaceOrder],
        patience: Duration,
        outcomes: &mut Outcomes<Outcome, WorkflowError>,
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
                outcomes.record(index, Ok(Outcome::Placed(answer.body)));
            } else if written.is_ok() {
                // Whose booking did not come about lost the race for its time.
                outcomes.record(index, Ok(Outcome::Taken));
            }
        }
        written.map_err(|error| match error {
            BookingsError::Database(error) if idempotency::is_used_key(&error) => WorkflowError::EarlierTry,
            error => error.into(),
        })
    }
}

/// Compares every order with what is on offer: refuses those that cannot be had, and begins the others.
async fn judge_all(
    site: &Services,
    connection: &mut Connection,
    members: &[PlaceOrder],
    outcomes: &mut Outcomes<Outcome, WorkflowError>,
) -> Result<Vec<Offered>, WorkflowError> {
    let now = site.clock.now();
    let wanted: Vec<_> = members.iter().map(|member| member.order.offering).collect();
    let offers = site.offers.read(connection, &wanted, now).await?;
    let customers: Vec<_> = members.iter().map(|member| member.order.customer).collect();
    let mut unpaid = Unpaid::count(site, connection, &customers, now).await?;
    let mut offered = Vec::new();
    for (index, (PlaceOrder { order, receipt }, offer)) in members.iter().zip(offers).enumerate() {
        match order.judge(offer.as_deref(), now).and_then(|verdict| unpaid.admit(order.customer, verdict)) {
            Ok(Verdict::Offered(new, star)) => {
                let begun = Begun::new(*new, &*site.chance, now);
                let answer = receipt.answer(Placed { booking: begun.booking.clone(), star }, now);
                offered.push(Offered { index, begun, answer });
            }
            Ok(Verdict::NotOffered) => outcomes.record(index, Ok(Outcome::NotOffered)),
            Err(refusal) => outcomes.record(index, Err(refusal)),
        }
    }
    Ok(offered)
}
