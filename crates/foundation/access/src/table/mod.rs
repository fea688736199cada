//! One table per area. Adding an entry point starts here.

use crate::{BodyLimit, Entry, Policy, Surface};

/// Names the entry points of one area and lists them, so that none can be named and forgotten.
macro_rules! entries {
    ($($(#[$doc:meta])* $name:ident = $entry:expr;)*) => {
        $($(#[$doc])* pub static $name: crate::Entry = $entry;)*

        /// Every entry point of this area.
        pub static ALL: &[&crate::Entry] = &[$(&$name),*];
    };
}
pub mod accounts;
pub mod bookings;
pub mod calendars;
pub mod catalog;
pub mod operations;
pub mod pages;
pub mod payments;

/// The tables, in the order of the documentation.
pub static ALL: &[&[&Entry]] =
    &[accounts::ALL, catalog::ALL, bookings::ALL, calendars::ALL, payments::ALL, pages::ALL, operations::ALL];

/// What a page's address that nobody answers to, or not by that method, goes through: no entry point, but looked at, counted and
/// logged like one.
pub static UNKNOWN_PAGE: Entry = unknown();

/// The same below `/api`.
pub static UNKNOWN_CALL: Entry = {
    let mut entry = unknown();
    entry.surface = Surface::Api;
    entry
};

/// Nobody reads the body, so whatever its size, the answer is that nothing is here.
const fn unknown() -> Entry {
    let mut entry = Entry::get("(unknown)", Policy::Public);
    entry.body_limit = BodyLimit(usize::MAX);
    entry
}
