//! Who can be booked.

pub(crate) mod profile;
