//! What the parts of one reading share.

use super::collected::BusySpans;
use super::finder::ZoneFinder;
use super::troubles::LineTroubles;
use super::work::Work;
use crate::own_events::OwnEvents;

/// What the parts of a reading share.
pub(super) struct ReadingState<'zones, 'stop> {
    pub finder: ZoneFinder<'zones>,
    pub busy: BusySpans,
    pub work: Work<'stop>,
    pub troubles: LineTroubles,
    /// Whether something was open at the end of the file.
    pub ends_early: bool,
    /// The events that do not count, because they came from us.
    pub own: &'zones OwnEvents,
}
