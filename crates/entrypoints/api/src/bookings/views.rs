//! Bookings as JSON.

use std::collections::HashMap;

use ::bookings::{Booking, BookingCommand, CancelledBy, FulfilmentStatus, PaymentStatus, Status, decide};
use ::catalog::CelebrityCard;
use chrono::{DateTime, Utc};
use database::Connection;
use entry::Answer;
use kernel::{
    ActorKind, BookingId, BookingMode, CancellationPolicy, CelebrityId, Instant, Money, OfferingId, OfferingKind,
    PersonId,
};
use serde::Serialize;
use site::links;
use workflows::booking::{BookingSide, Placed};

/// The celebrity of a booking.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CelebrityRef {
    pub id: CelebrityId,
    pub slug: String,
    pub stage_name: String,
    /// Of the poster, in degrees.
    pub hue: i16,
    pub portrait_url: Option<String>,
}

/// What the caller may do with the booking now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Pay,
    Cancel,
}

/// A booking.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BookingView {
    pub id: BookingId,
    /// A short reference that can be said on the telephone: `SD-7KQ2-M4XW`.
    pub reference: String,
    pub status: Status,
    pub payment_status: PaymentStatus,
    pub fulfilment_status: FulfilmentStatus,
    pub cancelled_by: Option<CancelledBy>,
    pub offering_id: OfferingId,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: String,
    pub celebrity: Option<CelebrityRef>,
    /// Who booked; null for the customer themselves, and for everybody else until it is paid.
    pub customer: Option<CustomerRef>,
    pub starts_at: Option<DateTime<Utc>>,
    pub ends_at: Option<DateTime<Utc>>,
    /// The celebrity's time zone.
    pub time_zone: String,
    pub customer_time_zone: String,
    pub deliver_by: Option<DateTime<Utc>>,
    pub brief: String,
    pub price: Money,
    pub service_fee: Money,
    pub tax: Money,
    pub total: Money,
    /// As it was when the booking was made.
    pub policy: CancellationPolicy,
    /// The end of the hold; after it somebody else can book the time.
    pub hold_expires_at: Option<DateTime<Utc>>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub actions: Vec<Action>,
}

/// The customer, as the talent's side sees them.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct CustomerRef {
    pub display_name: String,
}

impl BookingView {
    /// A booking that was just placed, for its customer.
    pub fn placed(Placed { booking, star }: Placed, now: Instant) -> Self {
        let star = CelebrityRef {
            portrait_url: star.portrait_id.map(links::portrait),
            id: star.id,
            slug: star.slug,
            stage_name: star.stage_name,
            hue: star.hue,
        };
        view(booking, Some(star), None, BookingSide::Customer, now)
    }
}

/// One booking for one side.
pub async fn one(
    connection: &mut Connection,
    booking: Booking,
    side: BookingSide,
    now: Instant,
) -> Answer<BookingView> {
    let mut views = many(connection, vec![(booking, side)], now).await?;
    Ok(views.remove(0))
}

/// Several bookings in their order, each for one side.
pub async fn many(
    connection: &mut Connection,
    bookings: Vec<(Booking, BookingSide)>,
    now: Instant,
) -> Answer<Vec<BookingView>> {
    let ids: Vec<CelebrityId> = bookings.iter().map(|(booking, _)| booking.celebrity).collect();
    let cards = ::catalog::queries::cards(&mut *connection, &ids).await?;
    let of_others = bookings.iter().filter(|(_, side)| *side != BookingSide::Customer);
    let customers: Vec<PersonId> = of_others.map(|(booking, _)| booking.customer).collect();
    let names = match customers.as_slice() {
        [] => HashMap::new(),
        _ => ::accounts::queries::display_names(connection, &customers).await?,
    };
    let view_of = |(booking, side): (Booking, BookingSide)| {
        let star = cards.iter().find(|card| card.id == booking.celebrity).map(CelebrityRef::from);
        let name = names.get(&booking.customer).filter(|_| side != BookingSide::Customer && booking.names_customer());
        let customer = name.map(|name| CustomerRef { display_name: name.clone() });
        view(booking, star, customer, side, now)
    };
    Ok(bookings.into_iter().map(view_of).collect())
}

impl From<&CelebrityCard> for CelebrityRef {
    fn from(card: &CelebrityCard) -> Self {
        Self {
            id: card.id,
            slug: card.slug.clone(),
            stage_name: card.stage_name.clone(),
            hue: card.hue,
            portrait_url: card.portrait_id.map(links::portrait),
        }
    }
}

fn view(
    booking: Booking,
    celebrity: Option<CelebrityRef>,
    customer: Option<CustomerRef>,
    side: BookingSide,
    now: Instant,
) -> BookingView {
    let actions = actions(&booking, side, now);
    let total = booking.terms.total();
    let terms = booking.terms;
    BookingView {
        id: booking.id,
        reference: booking.reference,
        status: booking.status,
        // A charge may still arrive after the hold has lapsed, so it stays pending internally; to callers nothing is due any more.
        payment_status: match (booking.status, booking.payment_status) {
            (Status::Expired, PaymentStatus::Pending) => PaymentStatus::None,
            (_, status) => status,
        },
        fulfilment_status: booking.fulfilment_status,
        cancelled_by: booking.cancelled_by,
        offering_id: booking.offering,
        kind: terms.kind,
        mode: terms.mode,
        title: terms.title,
        celebrity,
        customer,
        starts_at: terms.time.map(|time| time.starts_at),
        ends_at: terms.time.map(|time| time.ends_at),
        time_zone: terms.time_zone,
        customer_time_zone: booking.customer_time_zone,
        deliver_by: terms.deliver_by,
        brief: booking.brief,
        price: terms.price,
        service_fee: terms.service_fee,
        tax: terms.tax,
        total,
        policy: terms.policy,
        hold_expires_at: booking.hold_expires_at,
        version: booking.version,
        created_at: booking.created_at,
        confirmed_at: booking.confirmed_at,
        actions,
    }
}

fn actions(booking: &Booking, side: BookingSide, now: Instant) -> Vec<Action> {
    let may_pay = side == BookingSide::Customer && booking.payable(now).is_ok();
    let actor = match side {
        BookingSide::Customer => ActorKind::Customer,
        BookingSide::Talent => ActorKind::Talent,
        BookingSide::Agent { .. } => ActorKind::Agent,
        BookingSide::Staff => ActorKind::Staff,
    };
    let may_cancel =
        side.decides() && decide(booking, BookingCommand::Cancel { by: side.canceller() }, actor, now).is_ok();
    may_pay.then_some(Action::Pay).into_iter().chain(may_cancel.then_some(Action::Cancel)).collect()
}
