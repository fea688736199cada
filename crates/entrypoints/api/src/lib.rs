//! REST under `/api`: JSON in and out, problem+json for errors, an OpenAPI document made from the code.

mod accounts;
mod bookings;
mod calendars;
mod catalog;
mod gift_cards;
mod input;
pub mod openapi;
mod operations;
mod payments;
mod router;

pub use router::routes;
