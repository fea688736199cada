//! Paying for a booking.

pub(crate) mod challenge;
pub(crate) mod pay;
