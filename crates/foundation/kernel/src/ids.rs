//! Ids are UUIDv7 newtypes: a booking's id cannot be passed where a person's is wanted.

/// Defines an id type: transparent in SQL and JSON.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(serde::Serialize, serde::Deserialize, sqlx::Type, utoipa::ToSchema)]
        #[serde(transparent)]
        #[sqlx(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id for something created at `now`.
            pub fn new(chance: &dyn crate::chance::Chance, now: crate::clock::Instant) -> Self {
                Self(chance.uuid(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// A reserved range in a celebrity's calendar.
    AllocationId;
    /// An API key.
    ApiKeyId;
    /// A booking.
    BookingId;
    /// An external calendar of a celebrity.
    CalendarFeedId;
    /// Money that a bank has taken back from us.
    ChargebackId;
    /// A category of the catalog.
    CategoryId;
    /// A celebrity's profile (not the person who logs in for it).
    CelebrityId;
    /// A gift card.
    GiftCardId;
    /// A purchase of a gift card.
    GiftCardOrderId;
    /// Gift cards that staff issued together.
    GiftCardBatchId;
    /// A job on the queue.
    JobId;
    /// A fact in the log.
    FactId;
    /// A payment intent.
    IntentId;
    /// A ledger account.
    LedgerAccountId;
    /// One leg of a payment intent.
    LegId;
    /// A mail.
    MailId;
    /// Something a celebrity offers for a price.
    OfferingId;
    /// A passkey.
    PasskeyId;
    /// A person with an account.
    PersonId;
    /// A stored portrait.
    PortraitId;
    /// A refund of one leg.
    RefundId;
    /// A refund that our staff asked for.
    RefundRequestId;
    /// A review of a completed booking.
    ReviewId;
    /// A session: one log-in on one device.
    SessionId;
}
