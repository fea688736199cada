//! The errors of this domain, in business terms.

use kernel::{Fault, FaultKind, FieldFault, Money};
use serde_json::json;

use crate::status::Status;

/// Why something about a booking was refused.
#[derive(Debug, thiserror::Error)]
pub enum BookingsError {
    #[error("There is no such booking.")]
    NotFound,
    #[error("This booking is {status}, and that cannot be done any more.")]
    State { status: Status },
    #[error("It is not your move.")]
    NotYourMove,
    #[error("Please correct the fields below.")]
    Fields(Vec<FieldFault>),
    #[error("This cursor does not belong to this list. Begin at the start.")]
    BadCursor,
    #[error("The refund has changed since you saw it. Look at it again before you cancel.")]
    RefundChanged { refund: Money },
    #[error("the bookings' tables could not be used")]
    Database(#[from] sqlx::Error),
}

impl Fault for BookingsError {
    fn kind(&self) -> FaultKind {
        match self {
            Self::NotFound => FaultKind::NotFound,
            Self::State { .. } | Self::RefundChanged { .. } => FaultKind::Conflict,
            Self::NotYourMove => FaultKind::Forbidden,
            Self::Fields(_) | Self::BadCursor => FaultKind::Invalid,
            Self::Database(error) => error.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::State { .. } => "booking_state",
            Self::NotYourMove => "not_your_move",
            Self::Fields(_) => "invalid_fields",
            Self::BadCursor => "bad_cursor",
            Self::RefundChanged { .. } => "refund_changed",
            Self::Database(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldFault> {
        if let Self::Fields(fields) = self { fields.clone() } else { Vec::new() }
    }

    fn extra(&self) -> Option<serde_json::Value> {
        match self {
            Self::State { status } => Some(json!({"current_state": status})),
            Self::RefundChanged { refund } => Some(json!({"refund": refund})),
            _ => None,
        }
    }
}
