//! The queues of a process, one for each kind of group.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Group, GroupCommit};

/// The queues of one process, stored by type, so that their holder need not know the types.
#[derive(Debug, Default)]
pub struct GroupCommits(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl GroupCommits {
    /// The queue for groups of this type; all callers get the same one.
    pub fn of<G: Group>(&self) -> Arc<GroupCommit<G>> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queues.entry(TypeId::of::<G>()).or_insert_with(|| Arc::new(GroupCommit::<G>::default()));
        Arc::clone(queue).downcast().expect("a queue is kept under the type of its group")
    }
}
