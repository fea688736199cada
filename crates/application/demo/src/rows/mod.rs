//! Turns the generated world into rows, with one module for each owner of tables.

pub mod bookings;
pub mod cards;
pub mod catalog;
pub mod gift_cards;
pub mod ledger;
pub mod payments;
pub mod people;
