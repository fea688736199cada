//! What crosses many calls: from the first to the end, through deadlines and jobs.

mod attempts;
mod bookings;
mod books;
mod calendars;
mod chargebacks;
mod days;
mod disputes_won;
mod golden;
mod guest_days;
mod guests;
mod jobs;
mod kept_refunds;
mod legs;
mod mails;
mod pairs;
mod parts;
mod patience;
mod payments;
mod refunds;
mod reissued;
mod returns;
mod tenders;
mod upkeep;
mod videos;
