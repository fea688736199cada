//! The answer to a placed booking, which is stored with it so that a retry gets the same one.

use bookings::{Booking, KeptAnswer};
use kernel::Instant;

use super::order::BookedCelebrity;
use crate::AnswerTemplate;

/// A new booking, and the celebrity it is with.
#[derive(Debug, Clone)]
pub struct Placed {
    pub booking: Booking,
    pub star: BookedCelebrity,
}

impl AnswerTemplate<Placed> {
    pub(super) fn answer(&self, placed: Placed, now: Instant) -> KeptAnswer {
        KeptAnswer { attempt: self.attempt.clone(), status: self.status, body: (self.body)(placed, now) }
    }
}
