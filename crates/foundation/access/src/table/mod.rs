//! One table per area. Adding an entry point starts here.

use crate::{BodyLimit, Entry, Policy, Surface};

/// Defines the entry points of one area and lists them in `ALL`, so that none can be defined without being listed.
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
pub mod gift_cards;
pub mod operations;
pub mod pages;
pub mod payments;

/// The tables, in the order of the documentation.
pub static ALL: &[&[&Entry]] = &[
    accounts::ALL,
    catalog::ALL,
    bookings::ALL,
    calendars::ALL,
    payments::ALL,
    gift_cards::ALL,
    pages::ALL,
    operations::ALL,
];

/// Pseudo-entry for unknown paths and methods, so that 404 and 405 are guarded and logged.
pub static UNKNOWN_PAGE: Entry = unknown();

/// The same for paths below `/api`.
pub static UNKNOWN_CALL: Entry = {
    let mut entry = unknown();
    entry.surface = Surface::Api;
    entry
};

/// Bodies of any size pass, because no handler reads them: the answer is 404 or 405 in any case.
const fn unknown() -> Entry {
    let mut entry = Entry::get("(unknown)", Policy::Public);
    entry.body_limit = BodyLimit(usize::MAX);
    entry
}
