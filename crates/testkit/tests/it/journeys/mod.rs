//! What crosses many calls: from the first to the end, through deadlines and jobs.

mod attempts;
mod bookings;
mod books;
mod calendars;
mod legs;
mod parts;
mod payments;
mod videos;
