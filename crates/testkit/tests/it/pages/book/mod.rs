//! From an offering to a placed booking.

mod brief;
mod place;
mod review;
mod time;
