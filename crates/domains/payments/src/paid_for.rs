//! What an intent pays for.

use kernel::{BookingId, GiftCardOrderId};
use ledger::{Account, Thing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What an intent pays for. As JSON `{"booking": id}` or `{"gift_card_order": id}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaidFor {
    Booking(BookingId),
    GiftCardOrder(GiftCardOrderId),
}

impl PaidFor {
    /// Of what is stored; `None` of a kind that a newer release made.
    pub(crate) fn stored(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "booking" => Some(Self::Booking(BookingId(id))),
            "gift_card_order" => Some(Self::GiftCardOrder(GiftCardOrderId(id))),
            _ => None,
        }
    }

    /// As it is stored.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Booking(_) => "booking",
            Self::GiftCardOrder(_) => "gift_card_order",
        }
    }

    /// The id of what is paid for.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Booking(id) => id.0,
            Self::GiftCardOrder(id) => id.0,
        }
    }

    /// The booking, if it is one.
    pub const fn booking(self) -> Option<BookingId> {
        match self {
            Self::Booking(id) => Some(id),
            Self::GiftCardOrder(_) => None,
        }
    }

    /// The purchase, if it is one.
    pub const fn order(self) -> Option<GiftCardOrderId> {
        match self {
            Self::GiftCardOrder(id) => Some(id),
            Self::Booking(_) => None,
        }
    }

    /// Where what was paid waits until it is earned, or spent on what was bought.
    pub const fn escrow(self) -> Account {
        let kind = match self {
            Self::Booking(_) => "booking_escrow",
            Self::GiftCardOrder(_) => "order_escrow",
        };
        Account { kind, owner: self.id() }
    }

    /// Surplus: received beyond what was asked for or due.
    pub(crate) const fn unapplied(self) -> Account {
        Account { kind: "unapplied_receipts", owner: self.id() }
    }

    /// What its transfers are about.
    pub(crate) const fn thing(self) -> Thing {
        Thing { kind: self.kind(), id: self.id() }
    }
}

impl From<BookingId> for PaidFor {
    fn from(id: BookingId) -> Self {
        Self::Booking(id)
    }
}

impl From<GiftCardOrderId> for PaidFor {
    fn from(id: GiftCardOrderId) -> Self {
        Self::GiftCardOrder(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_stored_as_its_kind_and_id_and_sent_as_one_field() {
        let id = Uuid::from_u128(7);
        for (paid_for, sent) in [
            (PaidFor::Booking(BookingId(id)), format!("{{\"booking\":\"{id}\"}}")),
            (PaidFor::GiftCardOrder(GiftCardOrderId(id)), format!("{{\"gift_card_order\":\"{id}\"}}")),
        ] {
            assert_eq!(PaidFor::stored(paid_for.kind(), paid_for.id()), Some(paid_for));
            assert_eq!(serde_json::to_string(&paid_for).expect("is plain"), sent);
        }
        assert_eq!(PaidFor::stored("car", id), None);
        assert_eq!(PaidFor::Booking(BookingId(id)).booking(), Some(BookingId(id)));
        assert_eq!(PaidFor::GiftCardOrder(GiftCardOrderId(id)).booking(), None);
    }
}
