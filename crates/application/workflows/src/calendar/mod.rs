//! Calendars kept elsewhere, and the days that the search may offer.

mod feeds;
pub(crate) mod open_days;

pub(crate) use feeds::{READ_CALENDAR, read, take_up_forgotten};
pub use feeds::{add, list, read_now, remove};
