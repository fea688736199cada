//! Paying for a booking.

mod challenge;
mod pay;
