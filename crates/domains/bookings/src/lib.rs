//! From the first request to the end: bookings, their history, deadlines and taken time.

pub mod bulk;
