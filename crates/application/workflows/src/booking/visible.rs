//! Who may see a booking, and from which side. For everybody else it does not exist.

use accounts::Caller;
use accounts::queries::{Duty, Mandate, mandates};
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
    /// Somebody who acts for the celebrity, and may agree to bookings and call them off, or not.
    Agent {
        signs: bool,
    },
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
pub(super) async fn side_of(
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
    if caller.is(Role::Agent) {
        let mandates = mandates(connection, caller.id).await?;
        let mandate = mandates.iter().find(|mandate| mandate.celebrity == booking.celebrity);
        return Ok(mandate.map(|mandate| Side::Agent { signs: mandate.allows(Duty::Sign) }));
    }
    Ok(None)
}

/// The profiles whose bookings `caller` sees, or with which they may do this.
pub async fn profiles_of(
    connection: &mut Connection,
    caller: &Caller,
    duty: Option<Duty>,
) -> Result<Vec<CelebrityId>, WorkflowError> {
    let mut ids = Vec::new();
    if caller.is(Role::Celebrity) {
        ids.extend(catalog::queries::celebrity_of_person(&mut *connection, caller.id).await?);
    }
    if caller.is(Role::Agent) {
        let mandates = mandates(connection, caller.id).await?;
        let fits = |mandate: &&Mandate| duty.is_none_or(|duty| mandate.allows(duty));
        ids.extend(mandates.iter().filter(fits).map(|mandate| mandate.celebrity));
    }
    Ok(ids)
}

impl Side {
    /// The actor that the history remembers.
    pub fn actor(self, caller: &Caller) -> Actor {
        let kind = match self {
            Self::Customer => ActorKind::Customer,
            Self::Talent => ActorKind::Talent,
            Self::Agent { .. } => ActorKind::Agent,
            Self::Staff => ActorKind::Staff,
        };
        Actor { kind, id: Some(caller.id) }
    }

    /// Whether this side decides about the booking, or only sees it.
    pub const fn decides(self) -> bool {
        !matches!(self, Self::Agent { signs: false })
    }

    /// Who calls the booking off when this side does.
    pub const fn canceller(self) -> CancelledBy {
        match self {
            Self::Customer => CancelledBy::Customer,
            Self::Talent | Self::Agent { .. } => CancelledBy::Talent,
            Self::Staff => CancelledBy::Staff,
        }
    }
}
