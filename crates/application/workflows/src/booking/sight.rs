//! Who may see a booking, and from which side. For everybody else it does not exist.

use accounts::Caller;
use bookings::{Booking, BookingsError, CancelledBy};
use database::Connection;
use kernel::{Actor, ActorKind, BookingId, CelebrityId, Role};

use crate::WorkflowError;

/// From where somebody looks at a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Customer,
    /// The celebrity.
    Talent,
    /// Somebody who acts for the celebrity.
    Agent,
    Staff,
}

/// A booking and the side it is seen from.
#[derive(Debug, Clone)]
pub struct Seen {
    pub booking: Booking,
    pub side: Side,
}

/// The booking, for those it concerns.
pub async fn see(connection: &mut Connection, caller: &Caller, id: BookingId) -> Result<Seen, WorkflowError> {
    let booking = bookings::queries::booking(&mut *connection, id).await?;
    let side = side_of(connection, caller, &booking).await?.ok_or(BookingsError::NotFound)?;
    Ok(Seen { booking, side })
}

/// The side that `caller` is on, if any.
async fn side_of(
    connection: &mut Connection,
    caller: &Caller,
    booking: &Booking,
) -> Result<Option<Side>, WorkflowError> {
    if booking.customer == caller.id {
        return Ok(Some(Side::Customer));
    }
    if caller.is(Role::Support) || caller.is(Role::Admin) {
        return Ok(Some(Side::Staff));
    }
    if caller.is(Role::Celebrity)
        && catalog::queries::celebrity_of_person(&mut *connection, caller.id).await? == Some(booking.celebrity)
    {
        return Ok(Some(Side::Talent));
    }
    if caller.is(Role::Agent) && accounts::queries::acts_for(connection, caller.id, booking.celebrity).await? {
        return Ok(Some(Side::Agent));
    }
    Ok(None)
}

/// The profiles whose bookings `caller` looks after.
pub async fn calendars_of(connection: &mut Connection, caller: &Caller) -> Result<Vec<CelebrityId>, WorkflowError> {
    let mut ids = Vec::new();
    if caller.is(Role::Celebrity) {
        ids.extend(catalog::queries::celebrity_of_person(&mut *connection, caller.id).await?);
    }
    if caller.is(Role::Agent) {
        ids.extend(accounts::queries::represented_by(connection, caller.id).await?);
    }
    Ok(ids)
}

impl Side {
    /// The actor that the history remembers.
    pub fn actor(self, caller: &Caller) -> Actor {
        let kind = match self {
            Self::Customer => ActorKind::Customer,
            Self::Talent => ActorKind::Talent,
            Self::Agent => ActorKind::Agent,
            Self::Staff => ActorKind::Staff,
        };
        Actor { kind, id: Some(caller.id) }
    }

    /// Who calls the booking off when this side does.
    pub const fn canceller(self) -> CancelledBy {
        match self {
            Self::Customer => CancelledBy::Customer,
            Self::Talent | Self::Agent => CancelledBy::Talent,
            Self::Staff => CancelledBy::Staff,
        }
    }
}
