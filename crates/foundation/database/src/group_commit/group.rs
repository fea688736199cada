//! What a kind of group says about itself.

use std::sync::Arc;
use std::time::Duration;

use kernel::Fault;

use super::outcomes::Outcomes;
use crate::connect::Database;
use crate::types::Connection;

/// Defines what is written together, and how.
pub trait Group: Send + Sync + 'static {
    /// The request of one caller.
    type Member: Send + Sync;
    /// The result for one caller.
    type Outcome: Send;
    type Error: Fault + From<crate::types::Error> + From<LostOutcome> + From<Arc<Self::Error>>;
    /// What a member locks. Members with the same key get stuck together, and are never in two groups at the same time.
    type LockKey: Ord + Copy + Send;

    /// The database to write to.
    fn database(&self) -> &Database;

    /// What `member` locks.
    fn lock_key(member: &Self::Member) -> Self::LockKey;

    /// Writes `members` and records the outcome of each as soon as it is committed or refused. Waits for locks
    /// no longer than `patience`; the statement sets it with `set_config('lock_timeout', $patience, true)`.
    fn write(
        &self,
        connection: &mut Connection,
        members: &[Self::Member],
        patience: Duration,
        outcomes: &mut Outcomes<Self::Outcome, Self::Error>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The writer stopped without an outcome for this member, so it is not known whether it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the group commit stopped before it told an outcome")]
pub struct LostOutcome;
