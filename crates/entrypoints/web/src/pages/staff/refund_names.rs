//! What the people, bookings and purchases of refund requests are called.

use std::collections::HashMap;

use database::Connection;
use entry::Answer;
use gift_cards::orders;
use kernel::{BookingId, GiftCardOrderId, Money, PersonId};
use payments::RefundRequest;

/// What a bought gift card is called.
pub(super) fn called(value: Money) -> String {
    format!("Gift card of {value}")
}

/// What people, bookings and purchases are called.
pub(super) struct RefundNames {
    pub people: HashMap<PersonId, String>,
    pub bookings: HashMap<BookingId, String>,
    pub orders: HashMap<GiftCardOrderId, String>,
}

impl RefundNames {
    pub(super) async fn of(connection: &mut Connection, requests: &[RefundRequest]) -> Answer<Self> {
        let people = requests.iter().flat_map(|request| [Some(request.asked_by), request.decided_by]);
        let people: Vec<PersonId> = people.flatten().collect();
        let bookings: Vec<BookingId> = requests.iter().filter_map(|request| request.paid_for.booking()).collect();
        let orders: Vec<GiftCardOrderId> = requests.iter().filter_map(|request| request.paid_for.order()).collect();
        let orders = orders::orders_by_id(&mut *connection, &orders).await?;
        Ok(Self {
            people: accounts::queries::display_names(&mut *connection, &people).await?,
            bookings: bookings::queries::references(connection, &bookings).await?,
            orders: orders.into_iter().map(|order| (order.id, called(order.value))).collect(),
        })
    }

    pub(super) fn person(&self, id: PersonId) -> &str {
        self.people.get(&id).map_or("Somebody", String::as_str)
    }
}
