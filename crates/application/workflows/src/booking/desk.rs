//! The desk where orders are handed in: those that arrive while others are being written share a statement and its commit.
//!
//! Nobody waits for company: who finds a turn free is placed at once, and who arrives while all turns are taken goes into the
//! next group. A group that fails is placed one by one, so that nobody's booking suffers for another's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use database::Connection;
use kernel::{Fault as _, FaultKind};
use tokio::sync::{Semaphore, oneshot};

use super::order::Order;
use super::place::{self, Outcome, Receipt};
use crate::{Site, WorkflowError};

/// Groups at work at the same time: one is put together while the other is written. More make the groups smaller, and cost more
/// than they bring.
const TURNS: usize = 2;
/// Orders in one group at most, so that the turns stay short.
const GROUP_MAX: usize = 32;

/// The desk of one process.
#[derive(Debug)]
pub(crate) struct Desk {
    waiting: Mutex<VecDeque<Ticket>>,
    turns: Semaphore,
}

/// An order that waits.
#[derive(Debug)]
pub(super) struct Ticket {
    pub order: Order,
    pub receipt: Receipt,
    reply: oneshot::Sender<Result<Outcome, WorkflowError>>,
}

impl Default for Desk {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turns: Semaphore::new(TURNS) }
    }
}

impl Desk {
    fn waiting(&self) -> MutexGuard<'_, VecDeque<Ticket>> {
        // Whoever panicked left whole tickets behind.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_group(&self) -> Vec<Ticket> {
        let mut waiting = self.waiting();
        let count = waiting.len().min(GROUP_MAX);
        waiting.drain(..count).collect()
    }
}

/// Hands an order in and waits for what comes of it. It is placed even when its caller goes away meanwhile.
pub(super) async fn hand_in(site: &Site, order: Order, receipt: Receipt) -> Result<Outcome, WorkflowError> {
    let (reply, answer) = oneshot::channel();
    site.desk.waiting().push_back(Ticket { order, receipt, reply });
    if site.desk.turns.available_permits() > 0 {
        tokio::spawn(work(Arc::clone(site)));
    }
    answer.await.unwrap_or(Err(WorkflowError::Unplaced))
}

/// Works while there are tickets and a turn is free. A turn is given back before the look at the queue that ends the work, so a
/// ticket that came too late for one who works is seen either by that look or by its own `hand_in`.
async fn work(site: Site) {
    while !site.desk.waiting().is_empty() {
        let Ok(_turn) = site.desk.turns.try_acquire() else { return };
        take_turn(&site).await;
    }
}

/// Places one group after the other on one connection: a rush that went through all of them would find the memory of none warm.
async fn take_turn(site: &Site) {
    let mut group = site.desk.next_group();
    if group.is_empty() {
        return;
    }
    let mut connection = match site.database.acquire().await {
        Ok(connection) => connection,
        Err(error) => return refuse(group, &Arc::new(error.into())),
    };
    while !group.is_empty() {
        if serve(site, &mut connection, group).await.is_err() {
            return;
        }
        group = site.desk.next_group();
    }
}

/// Places a group and tells everybody in it what came of it. Fails when the database is away, and with it maybe the connection.
async fn serve(site: &Site, connection: &mut Connection, mut group: Vec<Ticket>) -> Result<(), Arc<WorkflowError>> {
    match place::together(site, connection, &group).await {
        Ok(outcomes) => group.into_iter().zip(outcomes).for_each(|(ticket, outcome)| ticket.tell(outcome)),
        Err(error) if error.kind() == FaultKind::Unavailable => {
            let error = Arc::new(error);
            refuse(group, &error);
            return Err(error);
        }
        Err(error) if group.len() == 1 => group.remove(0).tell(Err(error)),
        Err(_) => {
            let mut others = group.into_iter();
            while let Some(ticket) = others.next() {
                if let Err(error) = Box::pin(serve(site, connection, vec![ticket])).await {
                    refuse(others, &error);
                    return Err(error);
                }
            }
        }
    }
    Ok(())
}

/// Tells everybody of an error that is nobody's own.
fn refuse(group: impl IntoIterator<Item = Ticket>, error: &Arc<WorkflowError>) {
    group.into_iter().for_each(|ticket| ticket.tell(Err(WorkflowError::Shared(Arc::clone(error)))));
}

impl Ticket {
    /// Tells the caller, unless they went away: then the booking, if there is one, waits among their own.
    fn tell(self, outcome: Result<Outcome, WorkflowError>) {
        drop(self.reply.send(outcome));
    }
}
