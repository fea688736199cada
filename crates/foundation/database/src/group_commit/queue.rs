//! Who waits to be written, and what is being written: a group takes no member that would only wait for the locks of another group.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::group::Group;

/// The most members of one group, so that a statement stays short.
const GROUP_MAX: usize = 32;
/// A stuck member is refused unwritten this long after it was submitted. Its request is answered within ten seconds, of which the checks
/// before may have taken three; whoever was told that it failed must not find later that it was written after all.
pub(super) const STUCK_FOR: Duration = Duration::from_secs(6);

/// A waiting member, with the channel for its outcome.
pub(super) struct Ticket<G: Group> {
    pub member: G::Member,
    pub reply: oneshot::Sender<Result<G::Outcome, G::Error>>,
    pub submitted: Instant,
    /// It met a deadlock alone, and is written once more.
    pub was_deadlocked: bool,
}

/// The queue of one kind of group.
pub(super) struct Queue<G: Group>(Arc<Mutex<State<G>>>);

struct State<G: Group> {
    waiting: VecDeque<Ticket<G>>,
    /// The lock keys of the groups that are being written.
    locked: BTreeSet<G::LockKey>,
}

/// The lock keys of one group. Dropping it lets the next group have them.
pub(super) struct Locked<G: Group> {
    state: Arc<Mutex<State<G>>>,
    keys: Vec<G::LockKey>,
}

impl<G: Group> Ticket<G> {
    /// Whether its caller may soon be answered without it.
    pub(super) fn is_late(&self) -> bool {
        self.submitted.elapsed() >= STUCK_FOR
    }

    /// Replies to the caller. If the caller is gone, the reply is dropped; what was written stays written.
    pub(super) fn tell(self, outcome: Result<G::Outcome, G::Error>) {
        drop(self.reply.send(outcome));
    }
}

impl<G: Group> Default for Queue<G> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { waiting: VecDeque::new(), locked: BTreeSet::new() })))
    }
}

impl<G: Group> Queue<G> {
    pub(super) fn push(&self, ticket: Ticket<G>) {
        open(&self.0).waiting.push_back(ticket);
    }

    /// Puts tickets back at the front of the queue, in their order.
    pub(super) fn put_back(&self, tickets: Vec<Ticket<G>>) {
        let mut state = open(&self.0);
        tickets.into_iter().rev().for_each(|ticket| state.waiting.push_front(ticket));
    }

    /// The first tickets that can be written beside the groups that are being written now. Those that have waited too long are refused.
    pub(super) fn next_group(&self) -> Option<(Vec<Ticket<G>>, Locked<G>)> {
        let mut state = open(&self.0);
        let State { waiting, locked } = &mut *state;
        while let Some(late) = waiting.pop_front_if(|ticket| ticket.is_late()) {
            late.tell(Err(crate::types::Error::PoolTimedOut.into()));
        }
        let (mut group, mut left) = (Vec::new(), VecDeque::new());
        while let Some(ticket) = waiting.pop_front() {
            if group.len() == GROUP_MAX {
                left.push_back(ticket);
                break;
            }
            if locked.contains(&G::lock_key(&ticket.member)) { left.push_back(ticket) } else { group.push(ticket) }
        }
        while let Some(ticket) = left.pop_back() {
            waiting.push_front(ticket);
        }
        if group.is_empty() {
            return None;
        }
        let keys: Vec<_> = group.iter().map(|ticket| G::lock_key(&ticket.member)).collect();
        locked.extend(keys.iter().copied());
        Some((group, Locked { state: Arc::clone(&self.0), keys }))
    }

    /// Whether a group could be written now.
    pub(super) fn has_next(&self) -> bool {
        let state = open(&self.0);
        state.waiting.iter().any(|ticket| !state.locked.contains(&G::lock_key(&ticket.member)))
    }

    pub(super) fn len(&self) -> usize {
        open(&self.0).waiting.len()
    }
}

impl<G: Group> Drop for Locked<G> {
    fn drop(&mut self) {
        let mut state = open(&self.state);
        state.locked.retain(|key| !self.keys.contains(key));
    }
}

fn open<G: Group>(state: &Mutex<State<G>>) -> MutexGuard<'_, State<G>> {
    // A panic while this lock is held cannot leave the queue inconsistent, so a poisoned lock is still usable.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
