//! From the first request to the end: bookings, their history, deadlines and taken time.

mod booking;
pub mod bulk;
mod command;
pub mod commands;
mod decide;
mod error;
mod events;
mod invitation;
mod policy;
pub mod queries;
mod reference;
mod status;
mod store;
#[cfg(test)]
mod tests;

pub use booking::{Booking, Span, Terms, Timing};
pub use command::{Change, Command};
pub use decide::{HOLD_MINUTES, apply, begin, deadlines, decide};
pub use error::BookingsError;
pub use events::BookingEvent;
pub use invitation::invitation;
pub use policy::{Policy, Refund, Tier};
pub use status::{CancelledBy, DeadlineKind, FulfilmentStatus, Kind, Mode, PaymentStatus, Status};
pub use store::placing::Answer;
