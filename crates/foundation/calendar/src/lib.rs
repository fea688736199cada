//! Computes free times from opening hours, busy times and time zones. Pure; knows nothing of bookings.

mod feed;
mod ics;
mod local;
mod rules;
mod slots;
#[cfg(test)]
mod tests;

pub use feed::{FeedFault, busy_spans};
pub use ics::IcsDocument;
pub use local::{LocalFault, first_instant_from, resolve_local};
pub use rules::{OpenRange, OpeningHours, SlotRules, Span, WeeklyHours};
pub use slots::{Slot, is_open_at, nearest_free, open_slots};
