//! The three axes a booking moves on, and what is booked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Defines a closed set that is stored and sent as its snake-case names.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema, sqlx::Type)]
        #[serde(rename_all = "snake_case")]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// Where a booking stands between the two sides.
    Status {
        /// The talent's side has not answered yet.
        Requested = "requested",
        OfferedByTalent = "offered_by_talent",
        OfferedByCustomer = "offered_by_customer",
        /// Agreed; the time is held while the customer pays.
        AwaitingPayment = "awaiting_payment",
        Confirmed = "confirmed",
        InProgress = "in_progress",
        /// Done by the talent; the customer may still object.
        Delivered = "delivered",
        Completed = "completed",
        Declined = "declined",
        Expired = "expired",
        Cancelled = "cancelled",
        Disputed = "disputed",
        Refunded = "refunded",
    }
}

names! {
    /// Where the money stands.
    PaymentStatus {
        None = "none",
        Pending = "pending",
        Paid = "paid",
        Refunding = "refunding",
        PartlyRefunded = "partly_refunded",
        Refunded = "refunded",
    }
}

names! {
    /// Where the thing itself stands.
    FulfilmentStatus {
        None = "none",
        Scheduled = "scheduled",
        Underway = "underway",
        Delivered = "delivered",
        Accepted = "accepted",
        Failed = "failed",
    }
}

names! {
    /// What is booked.
    Kind {
        VideoCall = "video_call",
        Appearance = "appearance",
        PersonalVideo = "personal_video",
        Endorsement = "endorsement",
    }
}

names! {
    /// How the two sides come together.
    Mode {
        /// Pay and it is yours.
        Instant = "instant",
        /// The talent's side says yes first.
        Request = "request",
        /// The talent's side names a price first.
        Quote = "quote",
    }
}

names! {
    /// Who called it off.
    CancelledBy {
        Customer = "customer",
        Talent = "talent",
        Staff = "staff",
        System = "system",
    }
}

names! {
    /// What has to happen by when.
    DeadlineKind {
        /// The talent's side answers a request.
        Answer = "answer",
        /// The other side answers an offer.
        Quote = "quote",
        /// The customer pays.
        Payment = "payment",
        Start = "start",
        End = "end",
        /// The talent delivers a video.
        Deliver = "deliver",
        /// The customer objects, or it counts as accepted.
        Approve = "approve",
    }
}

impl Status {
    /// Nothing moves it any more, except money on its way back.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Declined | Self::Expired | Self::Cancelled | Self::Refunded)
    }
}
