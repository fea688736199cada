//! Paying for a booking.

pub(crate) mod challenge;
mod choice;
pub(crate) mod pay;
pub(crate) mod tender;
