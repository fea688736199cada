//! What crosses many calls: from the first to the end, through deadlines and jobs.

mod attempts;
mod bookings;
mod books;
mod calendars;
mod days;
mod legs;
mod pairs;
mod parts;
mod patience;
mod payments;
mod returns;
mod upkeep;
mod videos;
