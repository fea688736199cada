//! Reads under lock, and writes, of purchases.

use chrono::{DateTime, Utc};
use database::Tx;
use kernel::{Currency, GiftCardId, GiftCardOrderId, Instant, Money, PersonId};

use crate::card::CardDesign;
use crate::error::GiftCardsError;
use crate::order::{GiftCardOrder, GiftRecipient, OrderState};

/// A row of `gift_card_orders`.
pub(crate) struct StoredOrder {
    pub id: GiftCardOrderId,
    pub buyer_id: PersonId,
    pub value_minor: i64,
    pub currency: Currency,
    pub design: CardDesign,
    pub recipient_email: Option<String>,
    pub recipient_name: Option<String>,
    pub sender_name: Option<String>,
    pub message: Option<String>,
    pub deliver_at: Option<DateTime<Utc>>,
    pub time_zone: String,
    pub months_valid: Option<i32>,
    pub state: OrderState,
    pub pay_by: DateTime<Utc>,
    pub card_id: Option<GiftCardId>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl From<StoredOrder> for GiftCardOrder {
    fn from(row: StoredOrder) -> Self {
        let recipient = row.recipient_email.map(|email| GiftRecipient {
            email,
            name: row.recipient_name.unwrap_or_default(),
            from: row.sender_name.unwrap_or_default(),
            message: row.message.unwrap_or_default(),
            deliver_at: row.deliver_at,
        });
        Self {
            id: row.id,
            buyer: row.buyer_id,
            value: Money::new(row.value_minor, row.currency),
            design: row.design,
            recipient,
            // Zones are written by us, of a table that only grows.
            zone: row.time_zone.parse().unwrap_or(chrono_tz::UTC),
            months_valid: row.months_valid.and_then(|months| months.try_into().ok()),
            state: row.state,
            pay_by: row.pay_by,
            card: row.card_id,
            delivered_at: row.delivered_at,
            created_at: row.created_at,
        }
    }
}

/// How many orders of a buyer wait for their payment.
pub(crate) async fn unpaid(tx: &mut Tx, buyer: PersonId, now: Instant) -> Result<i64, GiftCardsError> {
    let waiting = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM gift_card_orders WHERE buyer_id = $1 AND state = 'awaiting_payment' AND pay_by > $2"#,
        buyer.0,
        now
    );
    Ok(waiting.fetch_one(&mut **tx).await?)
}

/// Inserts a new order.
pub(crate) async fn insert(tx: &mut Tx, order: &GiftCardOrder, now: Instant) -> Result<(), GiftCardsError> {
    let recipient = order.recipient.as_ref();
    let inserted = sqlx::query!(
        "INSERT INTO gift_card_orders (id, buyer_id, value_minor, currency, design, recipient_email, recipient_name, sender_name, message,
           deliver_at, time_zone, months_valid, state, pay_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)",
        order.id.0,
        order.buyer.0,
        order.value.amount_minor,
        order.value.currency.code(),
        order.design as _,
        recipient.map(|recipient| &recipient.email) as _,
        recipient.map(|recipient| &recipient.name) as _,
        recipient.map(|recipient| &recipient.from) as _,
        recipient.map(|recipient| &recipient.message) as _,
        recipient.and_then(|recipient| recipient.deliver_at),
        order.zone.name(),
        order.months_valid.map(i32::try_from).transpose().unwrap_or_default(),
        order.state as _,
        order.pay_by,
        now
    );
    Ok(inserted.execute(&mut **tx).await.map(drop)?)
}

/// Locks an order until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx, id: GiftCardOrderId) -> Result<(), GiftCardsError> {
    let locked = sqlx::query_scalar!("SELECT 1 FROM gift_card_orders WHERE id = $1 FOR UPDATE", id.0);
    locked.fetch_optional(&mut **tx).await?.map(drop).ok_or(GiftCardsError::NotFound)
}

/// Saves the state of a locked order, its card, and where that is mailed to.
pub(crate) async fn save(tx: &mut Tx, now: Instant, order: &GiftCardOrder) -> Result<(), GiftCardsError> {
    let saved = sqlx::query!(
        "UPDATE gift_card_orders SET state = $2, card_id = $3, updated_at = $4, delivered_at = $5, recipient_email = $6 WHERE id = $1",
        order.id.0,
        order.state as _,
        order.card.map(|card| card.0),
        now,
        order.delivered_at,
        order.recipient.as_ref().map(|recipient| &recipient.email) as _
    );
    Ok(saved.execute(&mut **tx).await.map(drop)?)
}
