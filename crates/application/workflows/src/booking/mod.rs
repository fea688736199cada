//! Bookings with what they need of the catalog, the calendar and the money.

mod cancel;
mod deadlines;
pub(crate) mod mails;
mod mails_from_facts;
mod order;
mod place;
mod placing;
mod unpaid;
mod visible;

pub use cancel::{cancel, preview_cancellation};
pub(crate) use deadlines::{DEADLINES_MAX, SettleHold, work_deadlines};
pub(crate) use mails_from_facts::MailsFromFacts;
pub use order::{PlaceBooking, Star};
pub use place::{FreeTime, Placed, Receipt, place};
pub use visible::{Seen, Side, profiles_of, see};
