//! What a celebrity offers for a price.

use calendar::SlotRules;
use kernel::{BookingMode, CancellationPolicy, CelebrityId, Money, OfferingId, OfferingKind};

/// Something a celebrity offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    pub id: OfferingId,
    pub celebrity_id: CelebrityId,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: String,
    pub description: String,
    /// Without fees; for a quote, the starting price of the negotiation.
    pub price: Money,
    /// Its duration on the calendar; `None` if it takes no time.
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub step_minutes: i32,
    pub lead_time_minutes: i32,
    pub horizon_days: i32,
    /// A personal video is delivered within this many days of payment.
    pub deliver_within_days: Option<i32>,
    pub policy: CancellationPolicy,
    pub is_active: bool,
}

impl Offering {
    /// The rules for its slots; `None` if it takes no time.
    pub fn slot_rules(&self) -> Option<SlotRules> {
        let minutes = |value: i32| u16::try_from(value).unwrap_or(0);
        Some(SlotRules {
            duration_minutes: minutes(self.duration_minutes?),
            buffer_before_minutes: minutes(self.buffer_before_minutes),
            buffer_after_minutes: minutes(self.buffer_after_minutes),
            step_minutes: minutes(self.step_minutes),
            lead_time_minutes: u32::try_from(self.lead_time_minutes).unwrap_or(0),
            horizon_days: minutes(self.horizon_days),
        })
    }
}
