//! Scopes of API keys.

use serde::{Deserialize, Serialize};

/// One permission of an API key. What no scope covers is closed to API keys: sessions, passwords, and API keys themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Scope {
    #[serde(rename = "profile:read")]
    ProfileRead,
    #[serde(rename = "profile:write")]
    ProfileWrite,
    #[serde(rename = "bookings:read")]
    BookingsRead,
    #[serde(rename = "bookings:write")]
    BookingsWrite,
    #[serde(rename = "payments:read")]
    PaymentsRead,
    #[serde(rename = "payments:write")]
    PaymentsWrite,
    #[serde(rename = "calendars:read")]
    CalendarsRead,
    #[serde(rename = "calendars:write")]
    CalendarsWrite,
}

impl Scope {
    pub const ALL: [Self; 8] = [
        Self::ProfileRead,
        Self::ProfileWrite,
        Self::BookingsRead,
        Self::BookingsWrite,
        Self::PaymentsRead,
        Self::PaymentsWrite,
        Self::CalendarsRead,
        Self::CalendarsWrite,
    ];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfileRead => "profile:read",
            Self::ProfileWrite => "profile:write",
            Self::BookingsRead => "bookings:read",
            Self::BookingsWrite => "bookings:write",
            Self::PaymentsRead => "payments:read",
            Self::PaymentsWrite => "payments:write",
            Self::CalendarsRead => "calendars:read",
            Self::CalendarsWrite => "calendars:write",
        }
    }

    /// The scope stored or sent as `text`.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    /// Whether it allows reading only.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::ProfileRead | Self::BookingsRead | Self::PaymentsRead | Self::CalendarsRead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_stored_as_it_is_sent() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.as_str());
            assert_eq!(Scope::from_text(scope.as_str()), Some(scope));
        }
        assert_eq!(Scope::from_text("bookings:delete"), None);
    }
}
