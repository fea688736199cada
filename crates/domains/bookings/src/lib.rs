//! Bookings: status machine, history, deadlines and allocations.

mod booking;
pub mod bulk;
mod cancellation;
mod change;
mod command;
pub mod commands;
mod decide;
mod error;
mod events;
mod invitation;
mod payable;
pub mod queries;
mod reference;
mod status;
mod store;
#[cfg(test)]
mod tests;

pub use booking::{Booking, BookingTerms, Timing};
pub use cancellation::CancellationRefund;
pub use change::{Change, ChangeKind};
pub use command::BookingCommand;
pub use decide::{DELIVER_DAYS_MAX, HOLD_MINUTES, apply, begin, decide};
pub use error::BookingsError;
pub use events::BookingEvent;
pub use invitation::invitation;
pub use payable::NotPayable;
pub use status::{CancelledBy, DeadlineKind, FulfilmentStatus, PaymentStatus, Status};
pub use store::placing::KeptAnswer;
