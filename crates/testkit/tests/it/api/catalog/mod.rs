//! The catalog over the API.

mod availability;
mod calendar;
mod categories;
mod celebrities;
mod celebrity;
mod offerings;
mod portrait;
mod price;
mod reviews;
