//! The recipients of mails about a booking.

use database::Connection;
use kernel::{BookingId, PersonId};

use crate::error::OverviewError;

/// A recipient.
#[derive(Debug, Clone)]
pub struct Contact {
    pub person_id: PersonId,
    pub email: String,
    pub name: String,
    /// IANA name; mails give times in this zone.
    pub time_zone: String,
}

/// Both sides of a booking.
#[derive(Debug, Clone)]
pub struct Contacts {
    pub customer: Contact,
    /// The celebrity, if they have a login, and the agents with the mandate to sign.
    pub talent: Vec<Contact>,
    pub stage_name: String,
}

/// Both sides of a booking; `None` if the customer's account is gone.
pub async fn of_booking(connection: &mut Connection, id: BookingId) -> Result<Option<Contacts>, OverviewError> {
    let head = sqlx::query!(
        r#"SELECT c.stage_name, p.id AS "person_id: PersonId", p.email, p.display_name, b.customer_time_zone
           FROM bookings b JOIN celebrities c ON c.id = b.celebrity_id JOIN people p ON p.id = b.customer_id WHERE b.id = $1"#,
        id.0
    );
    let Some(head) = head.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let talent = sqlx::query_as!(
        Contact,
        r#"SELECT DISTINCT p.id AS "person_id: PersonId", p.email, p.display_name AS name, p.time_zone
           FROM bookings b JOIN celebrities c ON c.id = b.celebrity_id
           LEFT JOIN representations r ON r.celebrity_id = c.id AND r.revoked_at IS NULL AND 'sign' = ANY(r.scopes)
           JOIN people p ON p.id = c.person_id OR p.id = r.agent_id
           WHERE b.id = $1 ORDER BY p.email"#,
        id.0
    );
    let talent = talent.fetch_all(connection).await?;
    let customer = Contact {
        person_id: head.person_id,
        email: head.email,
        name: head.display_name,
        time_zone: head.customer_time_zone,
    };
    Ok(Some(Contacts { customer, talent, stage_name: head.stage_name }))
}
