//! Reads of purchases, and of what may be sold.

use std::collections::HashSet;

use database::Connection;
use kernel::{Currency, GiftCardId, GiftCardOrderId, Instant, Money, PersonId};

use crate::card::CardDesign;
use crate::entry::EntryKind;
use crate::error::GiftCardsError;
use crate::order::{GiftCardOrder, OrderState, SaleRules};
use crate::store::orders::StoredOrder;

/// The most orders of one person that are listed.
const ORDERS_MAX: i64 = 100;

/// What may be sold in a currency now; `None` where nothing may.
pub async fn rules(
    connection: &mut Connection,
    currency: Currency,
    now: Instant,
) -> Result<Option<SaleRules>, GiftCardsError> {
    let row = sqlx::query!(
        "SELECT least_minor, most_minor, months_valid FROM gift_card_rules WHERE currency = $1 AND valid_from <= $2
         ORDER BY valid_from DESC LIMIT 1",
        currency.code(),
        now
    );
    Ok(row.fetch_optional(connection).await?.map(|row| SaleRules {
        least: Money::new(row.least_minor, currency),
        most: Money::new(row.most_minor, currency),
        months_valid: row.months_valid.and_then(|months| months.try_into().ok()),
    }))
}

/// One order.
pub async fn order(connection: &mut Connection, id: GiftCardOrderId) -> Result<GiftCardOrder, GiftCardsError> {
    orders_by_id(connection, &[id]).await?.pop().ok_or(GiftCardsError::NotFound)
}

/// Those of the orders that exist, newest first.
pub async fn orders_by_id(
    connection: &mut Connection,
    ids: &[GiftCardOrderId],
) -> Result<Vec<GiftCardOrder>, GiftCardsError> {
    find(connection, ids, None).await
}

/// The orders of a buyer, newest first.
pub async fn orders_of(connection: &mut Connection, buyer: PersonId) -> Result<Vec<GiftCardOrder>, GiftCardsError> {
    find(connection, &[], Some(buyer)).await
}

async fn find(
    connection: &mut Connection,
    ids: &[GiftCardOrderId],
    buyer: Option<PersonId>,
) -> Result<Vec<GiftCardOrder>, GiftCardsError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        StoredOrder,
        r#"SELECT id AS "id: GiftCardOrderId", buyer_id AS "buyer_id: PersonId", value_minor, currency AS "currency: Currency",
             design AS "design: CardDesign", recipient_email, recipient_name, sender_name, message, deliver_at, time_zone, months_valid,
             state AS "state: OrderState", pay_by, card_id AS "card_id: GiftCardId", delivered_at, created_at
           FROM gift_card_orders WHERE id = ANY($1::uuid[]) OR buyer_id = $2 ORDER BY created_at DESC, id DESC LIMIT $3"#,
        &ids,
        buyer.map(|buyer| buyer.0),
        ORDERS_MAX
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(GiftCardOrder::from).collect())
}

/// Those of the orders whose card somebody else has claimed.
pub async fn claimed(
    connection: &mut Connection,
    orders: &[GiftCardOrderId],
) -> Result<HashSet<GiftCardOrderId>, GiftCardsError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    let claimed = sqlx::query_scalar!(
        r#"SELECT o.id AS "id: GiftCardOrderId" FROM gift_card_orders o JOIN gift_cards c ON c.id = o.card_id
           WHERE o.id = ANY($1) AND c.holder_id <> o.buyer_id"#,
        &ids
    );
    Ok(claimed.fetch_all(connection).await?.into_iter().collect())
}

/// Orders whose time to pay is over, the oldest first.
pub async fn lapsed(
    connection: &mut Connection,
    now: Instant,
    count_max: i64,
) -> Result<Vec<GiftCardOrderId>, GiftCardsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: GiftCardOrderId" FROM gift_card_orders WHERE state = 'awaiting_payment' AND pay_by <= $1
          ORDER BY pay_by LIMIT $2"#,
        now,
        count_max
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The order of a card that is still to be mailed to whoever it is for, and when.
pub async fn undelivered(
    connection: &mut Connection,
    card: GiftCardId,
) -> Result<Option<(GiftCardOrderId, Option<Instant>)>, GiftCardsError> {
    let row = sqlx::query!(
        r#"SELECT id AS "id: GiftCardOrderId", deliver_at FROM gift_card_orders
           WHERE card_id = $1 AND state = 'paid' AND recipient_email IS NOT NULL AND delivered_at IS NULL"#,
        card.0
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.id, row.deliver_at)))
}

/// Orders whose card is to be mailed by now, the earliest first; not of cards that were stopped or are over.
pub async fn due(
    connection: &mut Connection,
    now: Instant,
    count_max: i64,
) -> Result<Vec<GiftCardOrderId>, GiftCardsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT o.id AS "id: GiftCardOrderId" FROM gift_card_orders o JOIN gift_cards c ON c.id = o.card_id
           WHERE o.state = 'paid' AND o.recipient_email IS NOT NULL AND o.delivered_at IS NULL
             AND coalesce(o.deliver_at, o.created_at) <= $1 AND c.state IN ('scheduled', 'active')
           ORDER BY coalesce(o.deliver_at, o.created_at), o.id LIMIT $2"#,
        now,
        count_max
    );
    Ok(ids.fetch_all(connection).await?)
}

/// The card that was issued for an order, or a later one to which its value was transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardOfOrder {
    pub order: GiftCardOrderId,
    pub card: GiftCardId,
    /// The end of its code, where it has had one.
    pub last_group: Option<String>,
}

/// Who has turned value of these cards into credit, and how much.
pub async fn redeemed(
    connection: &mut Connection,
    cards: &[GiftCardId],
) -> Result<Vec<(PersonId, i64)>, GiftCardsError> {
    let ids: Vec<_> = cards.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"SELECT actor_id AS "person!: PersonId", -sum(change_minor)::bigint AS "minor!" FROM gift_card_entries
           WHERE card_id = ANY($1) AND kind = $2 AND actor_id IS NOT NULL GROUP BY actor_id"#,
        &ids,
        EntryKind::Redeemed.as_str()
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.person, row.minor)).collect())
}

/// Those of these cards that were stopped, or let go on, since then.
pub async fn stopped_since(
    connection: &mut Connection,
    cards: &[GiftCardId],
    since: Instant,
) -> Result<Vec<GiftCardId>, GiftCardsError> {
    let ids: Vec<_> = cards.iter().map(|id| id.0).collect();
    let stopped = sqlx::query_scalar!(
        r#"SELECT DISTINCT card_id AS "card_id: GiftCardId" FROM gift_card_entries
           WHERE card_id = ANY($1) AND kind IN ($2, $3) AND occurred_at >= $4"#,
        &ids,
        EntryKind::Frozen.as_str(),
        EntryKind::Unfrozen.as_str(),
        since
    );
    Ok(stopped.fetch_all(connection).await?)
}

/// The cards that hold what was bought with these orders, whoever has them now: those that it was sent on as, and those that took the
/// place of others, are among them.
pub async fn cards_of(
    connection: &mut Connection,
    orders: &[GiftCardOrderId],
) -> Result<Vec<CardOfOrder>, GiftCardsError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    let cards = sqlx::query_as!(
        CardOfOrder,
        r#"WITH RECURSIVE reached AS (
             SELECT id AS order_id, card_id FROM gift_card_orders WHERE id = ANY($1) AND card_id IS NOT NULL
             UNION SELECT r.order_id, next.id FROM reached r CROSS JOIN LATERAL (
               SELECT t.card_id AS id FROM gift_card_transfers t WHERE t.from_card_id = r.card_id
               UNION ALL SELECT c.id FROM gift_cards c WHERE c.replaces_id = r.card_id
             ) next
           )
           SELECT order_id AS "order!: GiftCardOrderId", card_id AS "card!: GiftCardId",
             (SELECT k.last_group FROM gift_card_codes k WHERE k.card_id = reached.card_id ORDER BY k.created_at DESC LIMIT 1) AS last_group
           FROM reached ORDER BY order_id, card_id"#,
        &ids
    );
    Ok(cards.fetch_all(connection).await?)
}
