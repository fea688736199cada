//! What crosses many calls: from the first to the end, through deadlines and jobs.

mod bookings;
mod calendars;
mod legs;
mod parts;
mod payments;
mod upkeep;
