//! External calendars, and the open days for the search.

mod catch_up;
mod feeds;
pub(crate) mod open_days;
mod open_days_from_facts;
mod reading;

pub(crate) use catch_up::CatchUpCalendars;
pub use feeds::{add, list, read_now, remove};
pub(crate) use open_days_from_facts::OpenDaysFromFacts;
pub(crate) use reading::ReadCalendar;
