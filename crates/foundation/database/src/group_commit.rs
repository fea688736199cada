//! Group commit: requests of several callers at the same moment are written with one statement and one commit.
//!
//! No caller waits for others to join: if a writer slot (turn) is free, its group is written at once; a
//! caller that arrives while all turns are taken joins the next group. Five rules keep members independent:
//!
//! - Groups that are written at the same moment lock different things: a member that would wait for the other group's locks stays in the
//!   queue, and later members take its place.
//! - An outcome that was committed is told as such, whatever happens to the rest of the group afterwards.
//! - A group that fails is written again one by one; a member that met a deadlock alone, once more.
//! - A member that waited too long in the queue is refused unwritten, so that nobody finds later what they were told had failed.
//! - A group waits for a lock only [`SHORT_PATIENCE`], and is then halved until the members that want what is locked are found: of 32
//!   members with one stuck, six such waits find it. Stuck members leave the queue and wait on connections of their own, for `STUCK_FOR` at
//!   most.

mod group;
mod groups;
mod outcomes;
mod queue;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};

pub use group::{Group, LostOutcome};
pub use groups::GroupCommits;
pub use outcomes::Outcomes;

pub use crate::config::SHORT_PATIENCE;
use crate::failure::{is_connection_lost, is_deadlock, is_lock_timeout};
use crate::types::{Connection, Tx};
use queue::{Queue, STUCK_FOR, Ticket};

/// The most groups written at the same time: one is prepared while the other
/// is written. More turns make groups smaller and were measured to be slower.
const TURNS: usize = 2;
/// The most members that wait for a lock on connections of their own.
const STUCK_MAX: usize = 2;
/// After so many waits for locks in one group, a part that times out is not halved again: all of its members count as stuck.
const WAITS_MAX: usize = 8;
/// How long a single member waits for a lock; shorter than the time limit of a request.
pub const LONG_PATIENCE: Duration = Duration::from_secs(4);

/// Bounds how long the statements of a transaction wait for a lock, for groups that are written with several statements. It also keeps
/// their plans: PostgreSQL would plan statements with arrays anew for every group, because it knows the length of the arrays, and a group
/// of 32 would take half as long again.
pub async fn wait_at_most(tx: &mut Tx, patience: Duration) -> Result<(), sqlx::Error> {
    let patience = format!("{}ms", patience.as_millis());
    let set = sqlx::query!(
        "SELECT set_config('lock_timeout', $1, true) AS patience, set_config('plan_cache_mode', 'force_generic_plan', true) AS plans",
        patience
    );
    set.fetch_one(&mut **tx).await.map(drop)
}

/// Bounds how long anything waits for a lock on this connection, also for a table before a statement can say so itself.
async fn wait_on(connection: &mut Connection, patience: Duration) -> Result<(), sqlx::Error> {
    let patience = format!("{}ms", patience.as_millis());
    sqlx::query_scalar!("SELECT set_config('lock_timeout', $1, false)", patience).fetch_one(connection).await.map(drop)
}

/// The queue of one kind of group, in this process.
pub struct GroupCommit<G: Group> {
    queue: Queue<G>,
    turns: Semaphore,
    stuck: Semaphore,
}

impl<G: Group> Default for GroupCommit<G> {
    fn default() -> Self {
        Self { queue: Queue::default(), turns: Semaphore::new(TURNS), stuck: Semaphore::new(STUCK_MAX) }
    }
}

impl<G: Group> GroupCommit<G> {
    /// Writes `member` together with those that arrive at the same moment, and returns its outcome. It is written even if its caller goes
    /// away meanwhile, unless it is stuck at a lock by then.
    pub async fn submit(self: &Arc<Self>, group: &Arc<G>, member: G::Member) -> Result<G::Outcome, G::Error> {
        let (reply, outcome) = oneshot::channel();
        self.queue.push(Ticket { member, reply, submitted: Instant::now(), was_deadlocked: false });
        self.begin_work(group);
        outcome.await.unwrap_or_else(|_| Err(LostOutcome.into()))
    }

    /// Has a writer look at the queue if a turn is free.
    fn begin_work(self: &Arc<Self>, group: &Arc<G>) {
        if self.turns.available_permits() > 0 {
            tokio::spawn(Arc::clone(self).work(Arc::clone(group)));
        }
    }

    /// Writes groups as long as there are tickets that no other group locks out, and a turn is free.
    ///
    /// No ticket is left behind: the turn is released before the queue is checked for the last time. A ticket
    /// that arrives too late for this writer is found by that check, or its own `submit` finds the turn free; one that waits for another
    /// group is found by the writer of that group. A writer that panics loses its own group only.
    async fn work(self: Arc<Self>, group: Arc<G>) {
        while self.queue.has_next() {
            let Ok(_turn) = self.turns.try_acquire() else { return };
            if AssertUnwindSafe(self.take_turn(&group)).catch_unwind().await.is_err() {
                tracing::error!("the writer of a group panicked");
            }
        }
    }

    /// Writes group after group on one connection: reusing it keeps its caches warm.
    async fn take_turn(self: &Arc<Self>, group: &Arc<G>) {
        let mut connection = None;
        while let Some((tickets, _locked)) = self.queue.next_group() {
            // Tickets are left that can be written beside these, perhaps because the group before has just released its locks.
            if self.queue.has_next() {
                self.begin_work(group);
            }
            let connection = match &mut connection {
                Some(connection) => connection,
                none => match group.database().acquire_for_group().await {
                    Ok(acquired) => none.insert(acquired),
                    Err(error) => return refuse(tickets, &Arc::new(error.into())),
                },
            };
            if self.serve(group, connection, tickets).await.is_err() {
                return;
            }
        }
    }

    /// Writes these tickets and replies to each; if the whole fails, it is written part by part. Fails if the connection is lost.
    async fn serve(
        self: &Arc<Self>,
        group: &Arc<G>,
        connection: &mut Connection,
        tickets: Vec<Ticket<G>>,
    ) -> Result<(), ()> {
        let (mut parts, mut waits) = (vec![tickets], 0);
        while let Some(part) = parts.pop() {
            let Err((error, open)) = write_and_tell(&**group, connection, part, SHORT_PATIENCE).await else { continue };
            if cause_is(&error, is_connection_lost) {
                refuse(open, &Arc::new(error));
                // The connection may be gone: the remaining tickets go back to the front of the queue.
                self.queue.put_back(parts.into_iter().rev().flatten().collect());
                return Err(());
            }
            if cause_is(&error, is_lock_timeout) {
                waits += 1;
                match halve(open) {
                    (first, second)
                        if waits < WAITS_MAX && !second.is_empty() && !first.iter().any(Ticket::is_late) =>
                    {
                        parts.extend([second, first]);
                    }
                    (first, second) => {
                        first.into_iter().chain(second).for_each(|ticket| self.wait_aside(group, ticket))
                    }
                }
            } else {
                parts.extend(one_by_one(open, error));
            }
        }
        Ok(())
    }

    fn wait_aside(self: &Arc<Self>, group: &Arc<G>, ticket: Ticket<G>) {
        tokio::spawn(Arc::clone(self).wait_alone(Arc::clone(group), ticket));
    }

    /// Writes one member that is blocked by somebody else's lock on its own connection, so that the queue is not blocked. It is refused
    /// unwritten when its time is over or its caller went away before it could begin.
    async fn wait_alone(self: Arc<Self>, group: Arc<G>, ticket: Ticket<G>) {
        let until = ticket.submitted + STUCK_FOR;
        let begin = async {
            let place = self.stuck.acquire().await.map_err(|_| crate::types::Error::PoolClosed)?;
            Ok((place, group.database().acquire().await?))
        };
        let begun = timeout_at(until, begin).await.unwrap_or(Err(crate::types::Error::PoolTimedOut));
        let (_place, mut connection) = match begun {
            Ok(begun) => begun,
            Err(error) => return ticket.tell(Err(error.into())),
        };
        let patience = LONG_PATIENCE.min(until.saturating_duration_since(Instant::now()));
        // A `lock_timeout` of zero would mean none, so what is too little is not tried.
        if ticket.reply.is_closed() || patience < SHORT_PATIENCE {
            return ticket.tell(Err(crate::types::Error::PoolTimedOut.into()));
        }
        if let Err(error) = wait_on(&mut connection, patience).await {
            return ticket.tell(Err(error.into()));
        }
        if let Err((error, open)) = write_and_tell(&*group, &mut connection, vec![ticket], patience).await {
            refuse(open, &Arc::new(error));
        }
        // Its patience is not that of others.
        connection.discard().await;
    }
}

/// Writes these tickets and replies with every known outcome. The error contains the tickets without one.
async fn write_and_tell<G: Group>(
    group: &G,
    connection: &mut Connection,
    tickets: Vec<Ticket<G>>,
    patience: Duration,
) -> Result<(), (G::Error, Vec<Ticket<G>>)> {
    let (members, rest): (Vec<_>, Vec<_>) = tickets
        .into_iter()
        .map(|Ticket { member, reply, submitted, was_deadlocked }| (member, (reply, submitted, was_deadlocked)))
        .unzip();
    let mut outcomes = Outcomes::new(members.len());
    let written = group.write(connection, &members, patience, &mut outcomes).await;
    let mut open = Vec::new();
    for ((member, (reply, submitted, was_deadlocked)), outcome) in
        members.into_iter().zip(rest).zip(outcomes.into_iter())
    {
        let ticket = Ticket { member, reply, submitted, was_deadlocked };
        match outcome {
            Some(outcome) => ticket.tell(outcome),
            None => open.push(ticket),
        }
    }
    match written {
        // If the group recorded no outcome for a ticket, dropping its channel makes the caller get `LostOutcome`.
        Ok(()) => Ok(()),
        Err(error) => Err((error, open)),
    }
}

/// Splits tickets that are stuck together into two halves by what they lock. The second is empty when all lock the same.
fn halve<G: Group>(mut tickets: Vec<Ticket<G>>) -> (Vec<Ticket<G>>, Vec<Ticket<G>>) {
    let mut keys: Vec<_> = tickets.iter().map(|ticket| G::lock_key(&ticket.member)).collect();
    keys.sort_unstable();
    keys.dedup();
    let middle = keys.len().div_ceil(2);
    let second = tickets.extract_if(.., |ticket| keys[middle..].binary_search(&G::lock_key(&ticket.member)).is_ok());
    let second = second.collect();
    (tickets, second)
}

/// The parts in which tickets of a failed group are written again. A ticket that failed alone gets the error; after a deadlock it is tried
/// once more first.
fn one_by_one<G: Group>(mut open: Vec<Ticket<G>>, error: G::Error) -> Vec<Vec<Ticket<G>>> {
    if open.len() > 1 {
        return open.into_iter().rev().map(|ticket| vec![ticket]).collect();
    }
    let Some(ticket) = open.pop() else { return Vec::new() };
    if ticket.was_deadlocked || !cause_is(&error, is_deadlock) {
        ticket.tell(Err(error));
        return Vec::new();
    }
    vec![vec![Ticket { was_deadlocked: true, ..ticket }]]
}

/// Whether the error behind `error` satisfies `cause`.
fn cause_is(error: &(dyn std::error::Error + 'static), matches: impl Fn(&crate::types::Error) -> bool) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.filter_map(|cause| cause.downcast_ref::<crate::types::Error>()).any(matches)
}

/// Replies to all callers with the same error.
fn refuse<G: Group>(tickets: impl IntoIterator<Item = Ticket<G>>, error: &Arc<G::Error>) {
    tickets.into_iter().for_each(|ticket| ticket.tell(Err(Arc::clone(error).into())));
}

impl<G: Group> std::fmt::Debug for GroupCommit<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupCommit").field("waiting", &self.queue.len()).finish_non_exhaustive()
    }
}
