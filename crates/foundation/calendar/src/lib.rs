//! Computes free times from opening hours, busy times and time zones. Pure; knows nothing of bookings.

mod feed;
mod ics;
mod local;
mod own_events;
mod rules;
mod slots;
#[cfg(test)]
mod tests;

pub use feed::{
    FEED_BYTES_MAX, FEED_READER_VERSION, FeedFault, FeedReading, LineTrouble, LineTroubleKind, LineTroubles,
    bookings_named, read_feed,
};
pub use ics::IcsDocument;
pub use local::{LocalFault, first_instant_from, resolve_local};
pub use own_events::{OwnEvents, booking_event_id, public_event_id};
pub use rules::{OpenRange, OpeningHours, SlotRules, Span, WeeklyHours};
pub use slots::{Slot, is_open_at, nearest_free, open_slots};
