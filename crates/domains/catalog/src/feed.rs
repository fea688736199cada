//! A calendar that a celebrity keeps elsewhere.

use chrono::{DateTime, Utc};
use kernel::{CalendarFeedId, CelebrityId};
use serde::{Deserialize, Serialize};

/// Why a calendar could not be taken over. The busy times known before still count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FeedTrouble {
    /// The other service does not answer.
    Unreachable,
    /// It answers, but does not give the calendar out.
    Refused,
    TooLarge,
    /// The address is not on the public internet.
    NotPublic,
    NotACalendar,
    TooManyEvents,
    /// It is empty though it was not before, which may be a mistake of the other service.
    Emptied,
}

impl FeedTrouble {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::TooLarge => "too_large",
            Self::NotPublic => "not_public",
            Self::NotACalendar => "not_a_calendar",
            Self::TooManyEvents => "too_many_events",
            Self::Emptied => "emptied",
        }
    }
}

/// A calendar elsewhere, as those who keep it see it. Its address is a secret and not shown again.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CalendarFeed {
    pub id: CalendarFeedId,
    pub celebrity_id: CelebrityId,
    pub name: String,
    /// Of the address: `calendar.example.org`.
    pub host: String,
    pub created_at: DateTime<Utc>,
    /// When the other service was last asked; null before the first time.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it last answered with a calendar.
    pub read_at: Option<DateTime<Utc>>,
    pub trouble: Option<FeedTrouble>,
    /// Busy times from now on that count.
    pub busy_count: i64,
}

/// What it takes to read a calendar.
#[derive(Debug, Clone)]
pub struct FeedToRead {
    pub celebrity_id: CelebrityId,
    /// IANA name of the celebrity's zone.
    pub time_zone: String,
    pub address: String,
    pub etag: Option<String>,
    pub taken_over_at: Option<DateTime<Utc>>,
    pub may_be_empty: bool,
}
