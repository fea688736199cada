//! External calendars of celebrities.

use calendar::LineTrouble;
use chrono::{DateTime, Utc};
use kernel::{CalendarFeedId, CelebrityId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

/// Why an external calendar could not be used. The earlier busy times stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum FeedTrouble {
    /// The other service does not answer, or not to the end.
    Unreachable,
    /// It answers, but refuses access to the calendar, or its address is not readable any more.
    Refused,
    /// It has more than 4 MB, or takes too long to be evaluated.
    TooLarge,
    /// The address is not on the public internet, or not at the port of https.
    NotPublic,
    NotACalendar,
    /// Recorded by the previous release only.
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
    /// The number of lines and events that could not be read the last time. When in doubt, the time counts as busy.
    pub unread_count: i32,
    /// The first of each kind, with their lines.
    pub unread: UnreadLines,
}

/// Lines of a calendar that could not be read.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct UnreadLines(pub Vec<LineTrouble>);

impl From<Json<Vec<LineTrouble>>> for UnreadLines {
    fn from(stored: Json<Vec<LineTrouble>>) -> Self {
        Self(stored.0)
    }
}

/// What is needed to read an external calendar.
#[derive(Debug, Clone)]
pub struct FeedToRead {
    pub celebrity_id: CelebrityId,
    /// IANA name of the celebrity's zone.
    pub time_zone: String,
    /// The address; what is shown of it once it is sealed.
    pub address: String,
    pub sealed_address: Option<Vec<u8>>,
    pub etag: Option<String>,
    pub taken_over_at: Option<DateTime<Utc>>,
    /// The version of the reader and the zone of the last reading.
    pub read_as: Option<String>,
    pub may_be_empty: bool,
}
