//! External calendars of celebrities.

use chrono::{DateTime, Utc};
use kernel::{CalendarFeedId, CelebrityId};
use serde::{Deserialize, Serialize};

/// Why an external calendar could not be used. The earlier busy times stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FeedTrouble {
    /// The other service does not answer.
    Unreachable,
    /// It answers, but refuses access to the calendar.
    Refused,
    TooLarge,
    /// The address is not on the public internet.
    NotPublic,
    NotACalendar,
    TooManyEvents,
    /// It is suddenly empty, perhaps by mistake.
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

/// An external calendar, as those who manage it see it. Its address is a secret and not shown again.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CalendarFeed {
    pub id: CalendarFeedId,
    pub celebrity_id: CelebrityId,
    pub name: String,
    /// The host of its address: `calendar.example.org`.
    pub host: String,
    pub created_at: DateTime<Utc>,
    /// When it was last requested; null before the first time.
    pub asked_at: Option<DateTime<Utc>>,
    /// When it was last read successfully.
    pub read_at: Option<DateTime<Utc>>,
    pub trouble: Option<FeedTrouble>,
    /// The number of busy times that end in the future.
    pub busy_count: i64,
}

/// What is needed to read an external calendar.
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
