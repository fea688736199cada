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
pub(super) async fn side_of(
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

/// A profile that somebody looks after: their own, or one that they represent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfileDuties {
    pub celebrity: CelebrityId,
    pub is_own: bool,
    /// Whether they manage its calendars.
    pub holds: bool,
    /// Whether they accept and cancel its bookings.
    pub signs: bool,
}

/// Every profile that `caller` looks after.
pub async fn duties_of(connection: &mut Connection, caller: &Caller) -> Result<Vec<ProfileDuties>, WorkflowError> {
    let mut all = Vec::new();
    if caller.is(Role::Celebrity) {
        let own = catalog::queries::celebrity_of_person(&mut *connection, caller.id).await?;
        all.extend(own.map(|celebrity| ProfileDuties { celebrity, is_own: true, holds: true, signs: true }));
    }
    if caller.is(Role::Agent) {
        let represented = |mandate: &Mandate| ProfileDuties {
            celebrity: mandate.celebrity,
            is_own: false,
            holds: mandate.allows(Duty::Hold),
            signs: mandate.allows(Duty::Sign),
        };
        all.extend(mandates(connection, caller.id).await?.iter().map(represented));
    }
    Ok(all)
}

/// The profiles whose bookings `caller` may see; with `duty`, only those for which they have that duty.
pub async fn profiles_of(
    connection: &mut Connection,
    caller: &Caller,
    duty: Option<Duty>,
) -> Result<Vec<CelebrityId>, WorkflowError> {
    let has = |profile: &ProfileDuties| match duty {
        None => true,
        Some(Duty::Hold) => profile.holds,
        Some(Duty::Sign) => profile.signs,
    };
    Ok(duties_of(connection, caller).await?.into_iter().filter(has).map(|profile| profile.celebrity).collect())
}

impl BookingSide {
    /// Whether they may know how the booking was paid: whoever pays, and staff.
    pub const fn sees_payment(self) -> bool {
        matches!(self, Self::Customer | Self::Staff)
    }

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
