//! Each call of the API, in the file named like its handler's in `crates/entrypoints/api/src`.

mod accounts;
mod bookings;
mod calendars;
mod catalog;
mod gift_cards;
mod operations;
mod payments;
