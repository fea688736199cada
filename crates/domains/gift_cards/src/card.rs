//! Gift cards, and what each kind of them allows.

use chrono::{DateTime, Months, NaiveDate, Utc};
use chrono_tz::Tz;
use kernel::{GiftCardBatchId, GiftCardId, Instant, Money, PersonId, closed_set};

closed_set! {
    /// How a card is drawn.
    CardDesign {
        /// A gig poster: one flat colour and a spotlight.
        Spotlight = "spotlight",
        /// The alley at night with the lamp on.
        Alley = "alley",
        /// A playbill on cream paper.
        Playbill = "playbill",
    }
}

closed_set! {
    /// Where the value of a card comes from, which decides what may be done with it.
    CardKind {
        /// Bought: somebody's own money.
        Platform = "platform",
        /// Given to win customers.
        Promotional = "promotional",
        /// Earned by completed bookings.
        Loyalty = "loyalty",
        /// Given by staff to make up for something.
        Goodwill = "goodwill",
    }
}

impl CardKind {
    /// Whether somebody paid for the value, so that it is ours to give back and not to take away.
    pub const fn is_paid_for(self) -> bool {
        matches!(self, Self::Platform)
    }

    /// Whether it may be given to another person.
    pub const fn is_transferable(self) -> bool {
        matches!(self, Self::Platform | Self::Goodwill)
    }

    /// Whether its value may become credit of its holder, which never expires.
    pub const fn becomes_credit(self) -> bool {
        matches!(self, Self::Platform | Self::Goodwill)
    }

    /// How cards of the kind look that nobody chose a design for.
    pub const fn design(self) -> CardDesign {
        match self {
            Self::Platform => CardDesign::Spotlight,
            Self::Goodwill => CardDesign::Alley,
            Self::Promotional | Self::Loyalty => CardDesign::Playbill,
        }
    }
}

closed_set! {
    /// The state of a card.
    CardState {
        /// Paid, and to be delivered at its moment.
        Scheduled = "scheduled",
        /// Its code opens it, or its holder has it.
        Active = "active",
        /// Stopped by staff; nothing is lost.
        Frozen = "frozen",
        /// Its last day is over.
        Expired = "expired",
        /// Replaced by another, or its purchase was taken back.
        Void = "void",
    }
}

/// The last day of a card, which it works to the end of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastDay {
    pub day: NaiveDate,
    /// Where the day ends.
    pub zone: Tz,
    /// When it ends.
    pub ends_at: Instant,
}

/// Where value goes that a payment with a card gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayBack {
    Card,
    /// To a new card of whoever paid, because theirs has ended or belongs to somebody else.
    NewCard,
    /// Back to what it was given from.
    Ended,
}

/// A card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiftCard {
    pub id: GiftCardId,
    pub kind: CardKind,
    pub state: CardState,
    /// What it was issued with.
    pub issued: Money,
    /// What may be spent: what is held for payments under way is not in it.
    pub balance: Money,
    pub buyer: Option<PersonId>,
    /// Who claimed it. Until then its code opens it.
    pub holder: Option<PersonId>,
    /// It is on its way to another person, and nobody can spend it.
    pub is_offered: bool,
    pub last_day: Option<LastDay>,
    pub batch: Option<GiftCardBatchId>,
    /// The card that this one took the place of.
    pub replaces: Option<GiftCardId>,
    /// The number of entries in its history.
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl LastDay {
    /// The last day `day` in `zone`; the card works until the day after begins there.
    pub fn new(day: NaiveDate, zone: Tz) -> Option<Self> {
        let next = day.succ_opt()?;
        // Where midnight does not exist the day begins with the first moment that does.
        let begins = (0..24).find_map(|hour| next.and_hms_opt(hour, 0, 0)?.and_local_timezone(zone).earliest())?;
        Some(Self { day, zone, ends_at: begins.to_utc() })
    }

    /// The day so many months after `now` in `zone`.
    pub fn months_after(now: Instant, months: u32, zone: Tz) -> Option<Self> {
        let day = now.with_timezone(&zone).date_naive().checked_add_months(Months::new(months))?;
        Self::new(day, zone)
    }
}

impl GiftCard {
    /// Whether value that was spent may come back to it at `now`.
    pub fn takes_refunds(&self, now: Instant) -> bool {
        matches!(self.state, CardState::Active | CardState::Frozen) && !self.has_expired(now)
    }

    /// Where value goes at `now` that `payer` paid with it.
    pub fn way_back(&self, payer: PersonId, now: Instant) -> WayBack {
        // While the value of a card is on its way to somebody, what comes back does not join it. On a card that staff or a bank have
        // stopped it stays, stopped.
        let stays = !self.is_offered || self.state == CardState::Frozen;
        let is_theirs = self.holder == Some(payer) && stays;
        match self.kind {
            _ if is_theirs && self.takes_refunds(now) => WayBack::Card,
            CardKind::Platform | CardKind::Goodwill => WayBack::NewCard,
            CardKind::Promotional | CardKind::Loyalty => WayBack::Ended,
        }
    }

    /// Whether what it paid may become credit of whoever paid: bought value is their own money. On a card that our staff have stopped it
    /// waits for their word.
    pub const fn refund_may_be_kept(&self) -> bool {
        self.kind.is_paid_for() && matches!(self.state, CardState::Active)
    }

    /// Whether its last day is over at `now`, whether or not that was written down.
    pub fn has_expired(&self, now: Instant) -> bool {
        self.state == CardState::Expired || self.last_day.is_some_and(|last| now >= last.ends_at)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use uuid::Uuid;

    use super::*;

    fn ends_at(day: &str, zone: Tz) -> String {
        LastDay::new(day.parse().unwrap(), zone).unwrap().ends_at.to_rfc3339()
    }

    #[test]
    fn value_goes_back_to_its_card_while_the_payer_has_that_and_it_works() {
        const PAYER: PersonId = PersonId(Uuid::from_u128(1));
        let now: Instant = "2026-12-01T12:00:00Z".parse().unwrap();
        let card = |kind: CardKind| GiftCard {
            id: GiftCardId(Uuid::from_u128(2)),
            kind,
            state: CardState::Active,
            issued: Money::new(5_000, Currency::Usd),
            balance: Money::new(0, Currency::Usd),
            buyer: None,
            holder: Some(PAYER),
            is_offered: false,
            last_day: None,
            batch: None,
            replaces: None,
            version: 4,
            created_at: now,
        };
        for (kind, otherwise) in [
            (CardKind::Platform, WayBack::NewCard),
            (CardKind::Goodwill, WayBack::NewCard),
            (CardKind::Promotional, WayBack::Ended),
            (CardKind::Loyalty, WayBack::Ended),
        ] {
            let way = |card: GiftCard| card.way_back(PAYER, now);
            assert_eq!(way(card(kind)), WayBack::Card, "{kind:?}");
            let stopped = GiftCard { is_offered: true, state: CardState::Frozen, ..card(kind) };
            assert_eq!(way(stopped), WayBack::Card, "{kind:?}");
            let others = [
                GiftCard { holder: Some(PersonId(Uuid::from_u128(9))), ..card(kind) },
                GiftCard { holder: None, ..card(kind) },
                GiftCard { is_offered: true, ..card(kind) },
                GiftCard { state: CardState::Expired, ..card(kind) },
                GiftCard { state: CardState::Void, ..card(kind) },
            ];
            assert_eq!(others.map(way), [otherwise; 5], "{kind:?}");
        }
    }

    #[test]
    fn a_card_works_to_the_end_of_its_last_day_where_that_is_shown() {
        assert_eq!(ends_at("2026-12-31", Tz::UTC), "2027-01-01T00:00:00+00:00");
        assert_eq!(ends_at("2026-12-31", Tz::Asia__Kolkata), "2026-12-31T18:30:00+00:00");
        // Midnight of 5 September 2027 does not exist in Santiago: clocks go from 0:00 to 1:00.
        assert_eq!(ends_at("2027-09-04", Tz::America__Santiago), "2027-09-05T04:00:00+00:00");
    }
}
