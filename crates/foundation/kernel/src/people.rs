//! Roles of people, and the actor of an event.

use serde::{Deserialize, Serialize};

use crate::closed_set;
use crate::ids::PersonId;

/// A role on the platform; a person can have several.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Role {
    Customer,
    Celebrity,
    Agent,
    Support,
    Admin,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::Customer, Self::Celebrity, Self::Agent, Self::Support, Self::Admin];

    /// As it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Celebrity => "celebrity",
            Self::Agent => "agent",
            Self::Support => "support",
            Self::Admin => "admin",
        }
    }

    /// The role stored or sent as `text`.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether this role is one of the platform's staff.
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Support | Self::Admin)
    }
}

closed_set! {
    /// On which side of a booking somebody acts.
    ActorKind {
        Customer = "customer",
        Talent = "talent",
        Agent = "agent",
        Staff = "staff",
        System = "system",
    }
}

/// Who did something, as stored in histories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub kind: ActorKind,
    /// Null for the system.
    pub id: Option<PersonId>,
}

impl Actor {
    /// The platform itself, for deadlines and providers' results.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: None };

    /// `id` acting as a customer.
    pub const fn customer(id: PersonId) -> Self {
        Self { kind: ActorKind::Customer, id: Some(id) }
    }
}
