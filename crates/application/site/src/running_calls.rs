//! Calls with a key that this server is working on: the same one does not run twice at a time. Between servers the database sees to that.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

type Calls = Arc<Mutex<HashMap<Uuid, AttemptTurn>>>;

/// The attempts that are running or wait for one that is.
#[derive(Debug, Default)]
pub struct RunningCalls(Calls);

/// One attempt, with the number of calls that want to be it.
#[derive(Debug)]
struct AttemptTurn {
    turn: Arc<Semaphore>,
    calls: usize,
}

/// The only running call of its attempt, until it is dropped.
#[derive(Debug)]
pub struct RunningCall {
    // Dropped first, so that the next one runs before the attempt is forgotten.
    _turn: OwnedSemaphorePermit,
    _call: HeldAttempt,
}

/// Forgets the attempt with its last call.
#[derive(Debug)]
struct HeldAttempt {
    calls: Calls,
    attempt: Uuid,
}

impl RunningCalls {
    /// Begins a call of `attempt` once no other one runs; `None` if that takes longer than `patience`.
    pub async fn begin(&self, attempt: Uuid, patience: Duration) -> Option<RunningCall> {
        let turn = {
            let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let waiting =
                calls.entry(attempt).or_insert_with(|| AttemptTurn { turn: Arc::new(Semaphore::new(1)), calls: 0 });
            waiting.calls += 1;
            Arc::clone(&waiting.turn)
        };
        let call = HeldAttempt { calls: Arc::clone(&self.0), attempt };
        let turn = match Arc::clone(&turn).try_acquire_owned() {
            Ok(turn) => turn,
            Err(_) => tokio::time::timeout(patience, turn.acquire_owned()).await.ok()?.ok()?,
        };
        Some(RunningCall { _turn: turn, _call: call })
    }
}

impl Drop for HeldAttempt {
    fn drop(&mut self) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = calls.get_mut(&self.attempt) {
            waiting.calls -= 1;
            if waiting.calls == 0 {
                calls.remove(&self.attempt);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);
    const LATE: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn one_call_of_an_attempt_runs_at_a_time_and_nothing_is_left_of_it() {
        let running = RunningCalls::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = running.begin(one, SOON).await.expect("nobody runs");
        assert!(running.begin(other, SOON).await.is_some(), "another attempt is not concerned");
        assert!(running.begin(one, SOON).await.is_none(), "it is still running");
        let second = running.begin(one, LATE);
        let ((), second) = tokio::join!(
            async {
                tokio::time::sleep(SOON).await;
                drop(first);
            },
            second
        );
        assert!(second.is_some());
        drop(second);
        assert!(running.0.lock().unwrap().is_empty());
    }
}
