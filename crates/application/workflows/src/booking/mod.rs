//! Bookings with what they need of the catalog, the calendar and the money.

mod cancel;
mod deadlines;
mod desk;
mod order;
mod place;
mod sight;
mod unpaid;

pub use cancel::{cancel, preview_cancellation};
pub(crate) use deadlines::{DEADLINES_MAX, work_deadlines};
pub(crate) use desk::Desk;
pub use order::{PlaceBooking, Star};
pub use place::{FreeTime, Placed, Receipt, place};
pub use sight::{Seen, Side, profiles_of, see};
