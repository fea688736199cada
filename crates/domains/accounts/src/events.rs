//! The facts that accounts record for other parts of the program.

use database::facts::Event;
use kernel::{ApiKeyId, PasskeyId, PersonId};
use serde::{Deserialize, Serialize};

/// A change of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AccountEvent {
    Registered {
        person: PersonId,
    },
    EmailVerified {
        person: PersonId,
    },
    PasswordChanged {
        person: PersonId,
    },
    ApiKeyCreated {
        person: PersonId,
        key: ApiKeyId,
    },
    SecondFactorAdded {
        person: PersonId,
    },
    SecondFactorRemoved {
        person: PersonId,
    },
    PasskeyAdded {
        person: PersonId,
        passkey: PasskeyId,
    },
    PasskeyRemoved {
        person: PersonId,
        passkey: PasskeyId,
    },
    /// A refresh token was used again after its successor; the session was ended as stolen.
    SessionStolen {
        person: PersonId,
    },
}

impl Event for AccountEvent {
    fn topic(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "user.created",
            Self::EmailVerified { .. } => "user.verified",
            Self::PasswordChanged { .. } => "user.password_changed",
            Self::ApiKeyCreated { .. } => "user.api_key_created",
            Self::SecondFactorAdded { .. } => "user.second_factor_added",
            Self::SecondFactorRemoved { .. } => "user.second_factor_removed",
            Self::PasskeyAdded { .. } => "user.passkey_added",
            Self::PasskeyRemoved { .. } => "user.passkey_removed",
            Self::SessionStolen { .. } => "user.session_stolen",
        }
    }

    fn covers(topic: &str) -> bool {
        topic.starts_with("user.")
    }

    fn subject_id(&self) -> uuid::Uuid {
        match self {
            Self::Registered { person }
            | Self::EmailVerified { person }
            | Self::PasswordChanged { person }
            | Self::ApiKeyCreated { person, .. }
            | Self::SecondFactorAdded { person }
            | Self::SecondFactorRemoved { person }
            | Self::PasskeyAdded { person, .. }
            | Self::PasskeyRemoved { person, .. }
            | Self::SessionStolen { person } => person.0,
        }
    }
}
