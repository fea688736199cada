//! Who may see a booking, and on which side they are. For everybody else it counts as missing.

use accounts::Caller;
use accounts::queries::{Duty, Mandate, mandates};
use bookings::{Booking, BookingsError, CancelledBy};
use database::Connection;
use kernel::{Actor, ActorKind, BookingId, CelebrityId, Role};

use crate::WorkflowError;

/// The side on which somebody is in a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingSide {
    Customer,
    /// The celebrity.
    Talent,
    /// An agent of the celebrity; `signs` tells whether they may accept and cancel bookings.
    Agent {
        signs: bool,
    },
    Staff,
}

/// A booking and the caller's side.
#[derive(Debug, Clone)]
pub struct VisibleBooking {
    pub booking: Booking,
    pub side: BookingSide,
}

/// The booking, if the caller is on one of its sides. Otherwise it counts as missing.
pub async fn load_visible(
    connection: &mut Connection,
    caller: &Caller,
    id: BookingId,
) -> Result<VisibleBooking, WorkflowError> {
    let booking = bookings::queries::booking(&mut *connection, id).await?;
    let side = side_of(connection, caller, &booking).await?.ok_or(BookingsError::NotFound)?;
    Ok(VisibleBooking { booking, side })
}

/// The caller's side, if any.
async fn side_of(
    connection: &mut Connection,
    caller: &Caller,
    booking: &Booking,
) -> Result<Option<BookingSide>, WorkflowError> {
    if booking.customer == caller.id {
        return Ok(Some(BookingSide::Customer));
    }
    if caller.is(Role::Support) || caller.is(Role::Admin) {
        return Ok(Some(BookingSide::Staff));
    }
    if caller.is(Role::Celebrity)
        && catalog::queries::celebrity_of_person(&mut *connection, caller.id).await? == Some(booking.celebrity)
    {
        return Ok(Some(BookingSide::Talent));
    }
    if caller.is(Role::Agent) {
        let mandates = mandates(connection, caller.id).await?;
        let mandate = mandates.iter().find(|mandate| mandate.celebrity == booking.celebrity);
        return Ok(mandate.map(|mandate| BookingSide::Agent { signs: mandate.allows(Duty::Sign) }));
    }
    Ok(None)
}

/// The profiles whose bookings `caller` may see; with `duty`, only those for which they have that duty.
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

impl BookingSide {
    /// The actor for the booking's history.
    pub fn actor(self, caller: &Caller) -> Actor {
        let kind = match self {
            Self::Customer => ActorKind::Customer,
            Self::Talent => ActorKind::Talent,
            Self::Agent { .. } => ActorKind::Agent,
            Self::Staff => ActorKind::Staff,
        };
        Actor { kind, id: Some(caller.id) }
    }

    /// Whether this side may act on the booking, or only see it.
    pub const fn decides(self) -> bool {
        !matches!(self, Self::Agent { signs: false })
    }

    /// Who cancels when this side does.
    pub const fn canceller(self) -> CancelledBy {
        match self {
            Self::Customer => CancelledBy::Customer,
            Self::Talent | Self::Agent { .. } => CancelledBy::Talent,
            Self::Staff => CancelledBy::Staff,
        }
    }
}
