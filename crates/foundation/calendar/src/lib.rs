//! Open hours, busy spans and zones: which times are free. Pure; knows nothing of who is booked or why.

mod ics;
mod local;
mod rules;
mod slots;
#[cfg(test)]
mod tests;

pub use ics::IcsDocument;
pub use local::{LocalFault, first_instant_from, resolve_local};
pub use rules::{OpenRange, Rules, Span, Terms, WeeklyHours};
pub use slots::{Slot, is_open_at, nearest_free, open_slots};
