//! What a celebrity offers for a price.

use calendar::SlotRules;
use kernel::{CelebrityId, Money, OfferingId};
use serde::{Deserialize, Serialize};

use crate::CancellationPolicy;

/// The four kinds of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OfferingKind {
    VideoCall,
    Appearance,
    PersonalVideo,
    Endorsement,
}

/// How a booking of the offering comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum OfferingMode {
    /// Booked and paid at once.
    Instant,
    /// The talent's side says yes or no first.
    Request,
    /// The price is talked about first.
    Quote,
}

/// Something a celebrity offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offering {
    pub id: OfferingId,
    pub celebrity_id: CelebrityId,
    pub kind: OfferingKind,
    pub mode: OfferingMode,
    pub title: String,
    pub description: String,
    /// Without fees; for a quote, where talks begin.
    pub price: Money,
    /// Time on the calendar; none for what takes none.
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

impl OfferingKind {
    /// Every kind, in the order of the pages.
    pub const ALL: [Self; 4] = [Self::VideoCall, Self::Appearance, Self::PersonalVideo, Self::Endorsement];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VideoCall => "video_call",
            Self::Appearance => "appearance",
            Self::PersonalVideo => "personal_video",
            Self::Endorsement => "endorsement",
        }
    }

    /// Whether it takes time on the calendar.
    pub const fn takes_time(self) -> bool {
        matches!(self, Self::VideoCall | Self::Appearance)
    }
}

impl OfferingMode {
    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Instant => "instant",
            Self::Request => "request",
            Self::Quote => "quote",
        }
    }
}

impl Offering {
    /// What it needs of the calendar; none when it takes no time.
    pub fn terms(&self) -> Option<SlotRules> {
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
