//! Paying for a booking.

mod challenge;
mod pay;
mod tender;
