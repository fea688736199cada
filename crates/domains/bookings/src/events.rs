//! The fact that a booking changed, as it goes to the log.

use database::facts::Event;
use kernel::{Actor, BookingId, CelebrityId};
use serde::{Deserialize, Serialize};

use crate::change::Change;

/// Something that happened to a booking.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BookingEvent {
    pub booking: BookingId,
    pub celebrity: CelebrityId,
    pub version: i32,
    pub change: Change,
    pub actor: Actor,
}

impl Event for BookingEvent {
    fn topic(&self) -> &'static str {
        match self.change {
            Change::Requested { .. } => "booking.requested",
            Change::Held { .. } | Change::Accepted { .. } => "booking.awaiting_payment",
            Change::Offered { .. } => "quote.sent",
            Change::Countered { .. } => "quote.countered",
            Change::Declined => "booking.declined",
            Change::Confirmed => "booking.confirmed",
            Change::PaymentReturned => "booking.payment_returned",
            Change::Expired { .. } => "booking.expired",
            Change::Started => "booking.started",
            Change::Delivered { .. } => "booking.delivered",
            Change::RedoAsked { .. } => "booking.redo_asked",
            Change::Completed => "booking.completed",
            Change::Cancelled { .. } => "booking.cancelled",
            Change::Disputed => "booking.disputed",
            Change::RuledForTalent | Change::RuledForCustomer { .. } => "booking.ruled",
            Change::Refunded { .. } => "booking.refunded",
        }
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("booking.") || topic.starts_with("quote.")
    }

    fn subject_id(&self) -> uuid::Uuid {
        self.booking.0
    }
}
