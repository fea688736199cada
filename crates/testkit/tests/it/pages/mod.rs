//! Each page, in the file named like its own in `crates/entrypoints/web/src/pages`.

mod account;
mod auth;
mod book;
mod bookings;
mod celebrities;
mod checkout;
mod crawlers;
mod dashboard;
mod development;
mod discover;
mod gift_cards;
mod gift_shop;
mod help;
mod home;
mod mailbox;
mod staff;
mod theme;
