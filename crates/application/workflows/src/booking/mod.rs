//! Bookings across catalog, calendar and payments.

mod answer;
mod cancel;
mod deadlines;
pub(crate) mod free_time;
pub(crate) mod mails;
mod mails_from_facts;
mod order;
mod place;
mod placing;
mod unpaid;
mod visible;

pub use answer::Placed;
pub use cancel::{ShownParts, cancel, preview_cancellation, refund_parts_for};
pub(crate) use deadlines::{DEADLINES_MAX, SettleHold, work_deadlines};
pub use free_time::FreeTime;
pub(crate) use mails_from_facts::MailsFromFacts;
pub use order::{BookedCelebrity, PlaceBooking};
pub use place::place;
pub use visible::{BookingSide, ProfileDuties, VisibleBooking, duties_of, load_visible, profiles_of};
