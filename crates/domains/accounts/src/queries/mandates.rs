//! Reads of representations: what agents may do for celebrities.

use database::Connection;
use kernel::{CelebrityId, PersonId};

use crate::AccountsError;

/// Something that a celebrity allows an agent to do. An agent with any mandate sees the celebrity's bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Managing availability: external calendars.
    Hold,
    /// Accepting and cancelling bookings.
    Sign,
}

/// The mandate that a celebrity has given an agent.
#[derive(Debug, Clone)]
pub struct Mandate {
    pub celebrity: CelebrityId,
    scopes: Vec<String>,
}

impl Mandate {
    /// Whether the mandate includes `duty`.
    pub fn allows(&self, duty: Duty) -> bool {
        let scope = match duty {
            Duty::Hold => "hold",
            Duty::Sign => "sign",
        };
        self.scopes.iter().any(|one| one == scope)
    }
}

/// The celebrities for whom an agent acts now.
pub async fn mandates(connection: &mut Connection, agent: PersonId) -> Result<Vec<Mandate>, AccountsError> {
    let rows = sqlx::query_as!(
        Mandate,
        r#"SELECT celebrity_id AS "celebrity: CelebrityId", scopes FROM representations
           WHERE agent_id = $1 AND revoked_at IS NULL ORDER BY celebrity_id"#,
        agent.0
    );
    Ok(rows.fetch_all(connection).await?)
}
