//! The answer to a placed booking, which is stored with it so that a retry gets the same one.

use bookings::{Booking, KeptAnswer};
use database::idempotency::CallAttempt;
use kernel::Instant;

use super::order::BookedCelebrity;

/// A new booking, and the celebrity it is with.
#[derive(Debug, Clone)]
pub struct Placed {
    pub booking: Booking,
    pub star: BookedCelebrity,
}

/// How an entry point answers once its booking is placed. The answer is stored in the transaction of the booking.
#[derive(Debug, Clone)]
pub struct AnswerTemplate {
    pub attempt: CallAttempt,
    pub status: u16,
    pub body: fn(Placed, Instant) -> Vec<u8>,
}

impl AnswerTemplate {
    pub(super) fn answer(&self, placed: Placed, now: Instant) -> KeptAnswer {
        KeptAnswer { attempt: self.attempt.clone(), status: self.status, body: (self.body)(placed, now) }
    }
}
