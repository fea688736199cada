//! Gift cards as JSON.

use ::gift_cards::{CardEntry, CardKind, CardState, EntryKind, GiftCard, SeenCard};
use chrono::{DateTime, NaiveDate, Utc};
use kernel::{ActorKind, GiftCardId, Money};
use serde::Serialize;

/// A gift card.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct GiftCardView {
    pub id: GiftCardId,
    pub kind: CardKind,
    /// `expired` from the end of its last day on.
    pub state: CardState,
    /// What it was issued with.
    pub issued: Money,
    /// What may be spent; what is set aside for payments under way is not in it.
    pub balance: Money,
    /// The last group of its code, by which you tell your cards apart.
    pub last_group: Option<String>,
    /// It is on its way to somebody, and cannot be spent until it is taken back.
    pub is_offered: bool,
    /// It works to the end of this day in `time_zone`; null for a card without end.
    pub last_day: Option<NaiveDate>,
    pub time_zone: Option<String>,
    /// When that is.
    pub ends_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// The cards of somebody.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct GiftCardsView {
    pub items: Vec<GiftCardView>,
    /// Always null: a person has few cards.
    pub next_cursor: Option<String>,
}

/// A step in the life of a card.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CardEntryView {
    /// Counted from 1, without gaps.
    pub number: i64,
    pub kind: EntryKind,
    /// By how much the balance changed.
    pub change: Money,
    /// The balance after it.
    pub balance: Money,
    /// Who did it: you (`customer`), our `staff`, or the `system`.
    pub by: ActorKind,
    /// Why our staff did it.
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

/// The history of a card, oldest step first.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CardHistoryView {
    pub items: Vec<CardEntryView>,
    /// Always null: the whole history is one answer.
    pub next_cursor: Option<String>,
}

impl GiftCardView {
    /// The card as it is at `now`.
    pub fn of(card: GiftCard, last_group: Option<String>, now: DateTime<Utc>) -> Self {
        let is_over = card.state == CardState::Active && card.has_expired(now);
        Self {
            id: card.id,
            kind: card.kind,
            state: if is_over { CardState::Expired } else { card.state },
            issued: card.issued,
            balance: card.balance,
            last_group,
            is_offered: card.is_offered,
            last_day: card.last_day.map(|last| last.day),
            time_zone: card.last_day.map(|last| last.zone.name().to_owned()),
            ends_at: card.last_day.map(|last| last.ends_at),
            created_at: card.created_at,
        }
    }

    /// The same of a card that was read.
    pub fn seen(seen: SeenCard, now: DateTime<Utc>) -> Self {
        Self::of(seen.card, seen.last_group, now)
    }
}

impl From<CardEntry> for CardEntryView {
    fn from(entry: CardEntry) -> Self {
        Self {
            number: entry.number,
            kind: entry.kind,
            change: entry.change,
            balance: entry.balance,
            by: entry.actor.kind,
            reason: entry.reason,
            at: entry.at,
        }
    }
}
