//! Bookings over the API.

mod calendar;
mod cancellation;
mod create;
mod list;
mod show;
