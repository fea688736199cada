//! The reader of calendars on files as programs write them, and on broken ones.

mod corpus;
mod fuzz;
