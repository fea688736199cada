//! Gift cards as JSON.

use ::gift_cards::queries::{self, SeenBatch};
use ::gift_cards::{
    CardDesign, CardEntry, CardKind, CardState, CardTransfer, EntryKind, GiftCard, SeenCard, TransferState,
};
use chrono::{DateTime, NaiveDate, Utc};
use database::Connection;
use entry::Answer;
use kernel::{ActorKind, GiftCardBatchId, GiftCardId, Money};
use serde::Serialize;

/// A gift card.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct GiftCardView {
    pub id: GiftCardId,
    pub kind: CardKind,
    /// How it is drawn; null in the answer to a redemption, which reads no more than it changes.
    pub design: Option<CardDesign>,
    /// `expired` from the end of its last day on.
    pub state: CardState,
    /// What it was issued with.
    pub issued: Money,
    /// What may be spent; what is set aside for payments under way is not in it.
    pub balance: Money,
    /// The last group of its code, by which you tell your cards apart; null for cards without a code, and in the answer to a redemption.
    pub last_group: Option<String>,
    /// Its value was sent to somebody, and the card cannot be spent until that is claimed or taken back.
    pub is_offered: bool,
    /// It works to the end of this day in `time_zone`; null for a card without end.
    pub last_day: Option<NaiveDate>,
    pub time_zone: Option<String>,
    /// The end of that day.
    pub ends_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
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
    /// Who did it: you or whoever sent it to you (`customer`), our `staff`, or the `system`.
    pub by: ActorKind,
    /// Why our staff did it.
    pub reason: Option<String>,
    pub at: DateTime<Utc>,
}

/// A card that was sent to somebody.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TransferView {
    /// Where the mail with the new code went.
    pub email: String,
    pub message: Option<String>,
    /// What was sent: all that was on the card.
    pub amount: Money,
    pub state: TransferState,
    pub created_at: DateTime<Utc>,
    /// When it was claimed or taken back.
    pub ended_at: Option<DateTime<Utc>>,
}

impl From<CardTransfer> for TransferView {
    fn from(transfer: CardTransfer) -> Self {
        Self {
            email: transfer.email,
            message: transfer.message,
            amount: transfer.amount,
            state: transfer.state,
            created_at: transfer.created_at,
            ended_at: transfer.ended_at,
        }
    }
}

/// Cards that were issued together, with what became of them. Cards that were sent on count with those that they were sent from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct BatchView {
    pub id: GiftCardBatchId,
    pub name: String,
    pub kind: CardKind,
    pub reason: String,
    pub created_at: DateTime<Utc>,
    pub cards: i32,
    /// Of each card.
    pub value: Money,
    /// How many were claimed.
    pub claimed: i64,
    /// How many are stopped.
    pub frozen: i64,
    /// What was put on all cards together.
    pub issued: Money,
    /// What has paid for something or became credit.
    pub spent: Money,
    /// What may still be spent.
    pub left: Money,
    /// What is set aside for payments under way.
    pub held: Money,
    pub expired: Money,
}

impl From<SeenBatch> for BatchView {
    fn from(batch: SeenBatch) -> Self {
        let (issued, spent) = (batch.issued(), batch.spent());
        Self {
            id: batch.id,
            name: batch.name,
            kind: batch.kind,
            reason: batch.reason,
            created_at: batch.created_at,
            cards: batch.cards,
            value: batch.value,
            claimed: batch.claimed,
            frozen: batch.frozen,
            issued,
            spent,
            left: batch.left,
            held: batch.held,
            expired: batch.expired,
        }
    }
}

impl GiftCardView {
    /// The card as it is at `now`, as far as its own row knows.
    pub fn of(card: GiftCard, now: DateTime<Utc>) -> Self {
        let is_over = card.state == CardState::Active && card.has_expired(now);
        Self {
            id: card.id,
            kind: card.kind,
            design: None,
            state: if is_over { CardState::Expired } else { card.state },
            issued: card.issued,
            balance: card.balance,
            last_group: None,
            is_offered: card.is_offered,
            last_day: card.last_day.map(|last| last.day),
            time_zone: card.last_day.map(|last| last.zone.name().to_owned()),
            ends_at: card.last_day.map(|last| last.ends_at),
            created_at: card.created_at,
        }
    }

    /// The same of a card that was read.
    pub fn seen(seen: SeenCard, now: DateTime<Utc>) -> Self {
        let design = Some(seen.design());
        Self { design, last_group: seen.last_group, ..Self::of(seen.card, now) }
    }

    /// The same of a card that was changed just now.
    pub async fn load(connection: &mut Connection, id: GiftCardId, now: DateTime<Utc>) -> Answer<Self> {
        Ok(Self::seen(queries::card(connection, id).await?, now))
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
