//! Bookings of the signed-in person.

mod cancel;
mod list;
mod show;
