//! What crosses many calls: from the first to the end, through deadlines and jobs.

mod attempts;
mod bookings;
mod books;
mod calendars;
mod guest_days;
mod guests;
mod jobs;
mod legs;
mod mails;
mod parts;
mod payments;
mod refunds;
mod upkeep;
mod videos;
