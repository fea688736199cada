//! Who can be booked.

mod profile;
