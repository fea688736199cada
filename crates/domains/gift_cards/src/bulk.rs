//! Bulk loading of cards with codes and histories, batches, orders and awards, for demo data.
//!
//! These functions write rows as given. Rules that no constraint enforces are the caller's responsibility.

use chrono::NaiveDate;
use database::bulk::{Text, copy};
use database::{Tx, bulk_row};
use kernel::{GiftCardId, Instant};
use uuid::Uuid;

use crate::batch::NewBatch;
use crate::card::GiftCard;
use crate::code::CodeHash;
use crate::entry::CardEntry;
use crate::loyalty::LoyaltyAward;
use crate::order::GiftCardOrder;
use crate::transfer::CardTransfer;

bulk_row! {
    /// One row of `gift_card_rules`.
    RuleRow in "gift_card_rules" {
        currency: Text,
        valid_from: Instant,
        least_minor: i64,
        most_minor: i64,
        months_valid: Option<i32>,
    }
}

bulk_row! {
    /// One row of `gift_card_batches`.
    BatchRow in "gift_card_batches" {
        id: Uuid,
        name: Text,
        kind: Text,
        cards: i32,
        value_minor: i64,
        currency: Text,
        issued_by: Uuid,
        reason: Text,
        created_at: Instant,
    }
}

bulk_row! {
    /// One row of `gift_cards`.
    CardRow in "gift_cards" {
        id: Uuid,
        kind: Text,
        state: Text,
        currency: Text,
        issued_minor: i64,
        buyer_id: Option<Uuid>,
        holder_id: Option<Uuid>,
        is_offered: bool,
        last_day: Option<NaiveDate>,
        zone: Option<Text>,
        ends_at: Option<Instant>,
        batch_id: Option<Uuid>,
        replaces_id: Option<Uuid>,
        version: i64,
        created_at: Instant,
        updated_at: Instant,
    }
}

bulk_row! {
    /// One row of `gift_card_codes`.
    CodeRow in "gift_card_codes" {
        hash: Vec<u8>,
        card_id: Uuid,
        last_group: Text,
        created_at: Instant,
        ended_at: Option<Instant>,
    }
}

bulk_row! {
    /// One row of `gift_card_entries`.
    EntryRow in "gift_card_entries" {
        card_id: Uuid,
        number: i64,
        kind: Text,
        change_minor: i64,
        balance_minor: i64,
        about_id: Option<Uuid>,
        reason: Option<Text>,
        actor_kind: Text,
        actor_id: Option<Uuid>,
        occurred_at: Instant,
    }
}

bulk_row! {
    /// One row of `gift_card_transfers`.
    TransferRow in "gift_card_transfers" {
        card_id: Uuid,
        from_card_id: Uuid,
        sender_id: Uuid,
        to_email: Text,
        message: Option<Text>,
        state: Text,
        created_at: Instant,
        ended_at: Option<Instant>,
    }
}

bulk_row! {
    /// One row of `gift_card_orders`.
    OrderRow in "gift_card_orders" {
        id: Uuid,
        buyer_id: Uuid,
        value_minor: i64,
        currency: Text,
        design: Text,
        recipient_email: Option<Text>,
        recipient_name: Option<Text>,
        sender_name: Option<Text>,
        message: Option<Text>,
        deliver_at: Option<Instant>,
        time_zone: Text,
        months_valid: Option<i32>,
        state: Text,
        pay_by: Instant,
        card_id: Option<Uuid>,
        delivered_at: Option<Instant>,
        created_at: Instant,
        updated_at: Instant,
    }
}

bulk_row! {
    /// One row of `loyalty_awards`.
    AwardRow in "loyalty_awards" {
        booking_id: Uuid,
        person_id: Uuid,
        currency: Text,
        base_minor: i64,
        basis_points: i32,
        earned_minor: i64,
        lost_minor: i64,
        card_id: Option<Uuid>,
        awarded_at: Instant,
    }
}

macro_rules! copies {
    ($($name:ident: $row:ident to $table:literal;)*) => {$(
        #[doc = concat!("Copies rows into `", $table, "` and tells how many.")]
        pub async fn $name(tx: &mut Tx, rows: impl IntoIterator<Item = $row>) -> Result<u64, sqlx::Error> {
            copy(tx, rows).await
        }
    )*};
}

copies! {
    copy_rules: RuleRow to "gift_card_rules";
    copy_batches: BatchRow to "gift_card_batches";
    copy_cards: CardRow to "gift_cards";
    copy_codes: CodeRow to "gift_card_codes";
    copy_entries: EntryRow to "gift_card_entries";
    copy_transfers: TransferRow to "gift_card_transfers";
    copy_orders: OrderRow to "gift_card_orders";
    copy_awards: AwardRow to "loyalty_awards";
}

impl BatchRow {
    /// The row of a batch that somebody issued.
    pub fn new(id: Uuid, batch: &NewBatch, issued_by: Uuid, created_at: Instant) -> Self {
        Self {
            id,
            name: batch.name.clone().into(),
            kind: batch.kind.as_str().into(),
            cards: batch.cards.into(),
            value_minor: batch.value.amount_minor,
            currency: batch.value.currency.code().into(),
            issued_by,
            reason: batch.reason.clone().into(),
            created_at,
        }
    }
}

impl CardRow {
    /// The row of a card that last changed at `updated_at`.
    pub fn new(card: &GiftCard, updated_at: Instant) -> Self {
        Self {
            id: card.id.0,
            kind: card.kind.as_str().into(),
            state: card.state.as_str().into(),
            currency: card.issued.currency.code().into(),
            issued_minor: card.issued.amount_minor,
            buyer_id: card.buyer.map(|id| id.0),
            holder_id: card.holder.map(|id| id.0),
            is_offered: card.is_offered,
            last_day: card.last_day.map(|last| last.day),
            zone: card.last_day.map(|last| last.zone.name().into()),
            ends_at: card.last_day.map(|last| last.ends_at),
            batch_id: card.batch.map(|id| id.0),
            replaces_id: card.replaces.map(|id| id.0),
            version: card.version,
            created_at: card.created_at,
            updated_at,
        }
    }
}

impl CodeRow {
    /// The row of a code; `last_group` is the end of it.
    pub fn new(
        card: GiftCardId,
        hash: CodeHash,
        last_group: String,
        created_at: Instant,
        ended_at: Option<Instant>,
    ) -> Self {
        Self { hash: hash.to_vec(), card_id: card.0, last_group: last_group.into(), created_at, ended_at }
    }
}

impl EntryRow {
    /// The row of one step.
    pub fn new(card: GiftCardId, entry: &CardEntry) -> Self {
        Self {
            card_id: card.0,
            number: entry.number,
            kind: entry.kind.as_str().into(),
            change_minor: entry.change.amount_minor,
            balance_minor: entry.balance.amount_minor,
            about_id: entry.about,
            reason: entry.reason.clone().map(Into::into),
            actor_kind: entry.actor.kind.as_str().into(),
            actor_id: entry.actor.id.map(|id| id.0),
            occurred_at: entry.at,
        }
    }
}

impl From<&CardTransfer> for TransferRow {
    fn from(transfer: &CardTransfer) -> Self {
        Self {
            card_id: transfer.card.0,
            from_card_id: transfer.from.0,
            sender_id: transfer.sender.0,
            to_email: transfer.email.clone().into(),
            message: transfer.message.clone().map(Into::into),
            state: transfer.state.as_str().into(),
            created_at: transfer.created_at,
            ended_at: transfer.ended_at,
        }
    }
}

impl OrderRow {
    /// The row of an order that last changed at `updated_at`.
    pub fn new(order: &GiftCardOrder, updated_at: Instant) -> Self {
        let recipient = order.recipient.as_ref();
        Self {
            id: order.id.0,
            buyer_id: order.buyer.0,
            value_minor: order.value.amount_minor,
            currency: order.value.currency.code().into(),
            design: order.design.as_str().into(),
            recipient_email: recipient.map(|one| one.email.clone().into()),
            recipient_name: recipient.map(|one| one.name.clone().into()),
            sender_name: recipient.map(|one| one.from.clone().into()),
            message: recipient.map(|one| one.message.clone().into()),
            deliver_at: recipient.and_then(|one| one.deliver_at),
            time_zone: order.zone.name().into(),
            months_valid: order.months_valid.and_then(|months| months.try_into().ok()),
            state: order.state.as_str().into(),
            pay_by: order.pay_by,
            card_id: order.card.map(|id| id.0),
            delivered_at: order.delivered_at,
            created_at: order.created_at,
            updated_at,
        }
    }
}

impl From<&LoyaltyAward> for AwardRow {
    fn from(award: &LoyaltyAward) -> Self {
        Self {
            booking_id: award.booking.0,
            person_id: award.person.0,
            currency: award.base.currency.code().into(),
            base_minor: award.base.amount_minor,
            basis_points: award.basis_points,
            earned_minor: award.earned_minor,
            lost_minor: award.lost_minor,
            card_id: award.card.map(|id| id.0),
            awarded_at: award.awarded_at,
        }
    }
}
