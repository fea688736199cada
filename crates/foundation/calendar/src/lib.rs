//! Open hours, busy spans and zones: which times are free. Pure; knows nothing of who is booked or why.

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
pub use rules::{OpenRange, Rules, SlotRules, Span, WeeklyHours};
pub use slots::{Slot, is_open_at, nearest_free, open_slots};
