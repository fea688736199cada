//! Bookings of the signed-in person.

pub(crate) mod cancel;
pub(crate) mod cards;
pub(crate) mod list;
pub(crate) mod show;
