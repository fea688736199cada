//! How an entry point answers, for answers that are stored in the transaction of their effect.

use database::Tx;
use database::idempotency::{self, CallAttempt};
use kernel::Instant;

/// How an entry point answers with `Answered`, so that a retry gets the same answer, whatever became of the first try's connection.
#[derive(Debug, Clone)]
pub struct AnswerTemplate<Answered> {
    pub attempt: CallAttempt,
    /// The HTTP status.
    pub status: u16,
    pub body: fn(Answered, Instant) -> Vec<u8>,
}

impl<Answered> AnswerTemplate<Answered> {
    /// Stores the answer in the transaction of its effect. `false` if another try of this attempt has stored its own.
    pub(crate) async fn keep(&self, tx: &mut Tx, answered: Answered, now: Instant) -> Result<bool, database::Error> {
        let body = (self.body)(answered, now);
        idempotency::keep(tx, &self.attempt, self.status, &body, now).await
    }
}
