//! Bookings with what they need of the catalog, the calendar and the money.

mod cancel;
mod deadlines;
mod place;
mod sight;

pub use cancel::{cancel, preview_cancellation};
pub(crate) use deadlines::work_deadlines;
pub use place::{FreeTime, PlaceBooking, Placed, Star, place};
pub use sight::{Seen, Side, calendars_of, see};
