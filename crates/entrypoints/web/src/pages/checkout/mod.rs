//! Paying for a booking.

pub(crate) mod challenge;
pub(crate) mod choice;
pub(crate) mod pay;
pub(crate) mod tender;
