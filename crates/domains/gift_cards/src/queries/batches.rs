//! Reads for staff: batches with what became of their cards, and what all cards hold.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Currency, Dated, GiftCardBatchId, GiftCardId, Instant, Money, Page, PageRequest, PersonId};

use crate::card::CardKind;
use crate::error::GiftCardsError;

/// A batch, with what became of its cards. Cards that were sent on, or that took the place of others, count with those
/// that they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenBatch {
    pub id: GiftCardBatchId,
    pub name: String,
    pub kind: CardKind,
    pub cards: i32,
    /// Of each card.
    pub value: Money,
    pub reason: String,
    pub created_at: DateTime<Utc>,
    /// How many of its cards were claimed.
    pub claimed: i64,
    /// How many are stopped, and how many go on.
    pub frozen: i64,
    pub running: i64,
    /// What may still be spent.
    pub left: Money,
    /// What is set aside for payments under way.
    pub held: Money,
    pub expired: Money,
}

impl SeenBatch {
    /// What was put on its cards.
    pub fn issued(&self) -> Money {
        Money::new(self.value.amount_minor * i64::from(self.cards), self.value.currency)
    }

    /// What has paid for something or became credit.
    pub fn spent(&self) -> Money {
        let rest = self.left.amount_minor + self.held.amount_minor + self.expired.amount_minor;
        Money::new(self.issued().amount_minor - rest, self.value.currency)
    }
}

struct StoredBatch {
    id: GiftCardBatchId,
    name: String,
    kind: CardKind,
    cards: i32,
    value_minor: i64,
    currency: Currency,
    reason: String,
    created_at: DateTime<Utc>,
    claimed: i64,
    frozen: i64,
    running: i64,
    left_minor: i64,
    held_minor: i64,
    expired_minor: i64,
}

impl From<StoredBatch> for SeenBatch {
    fn from(row: StoredBatch) -> Self {
        let money = |minor| Money::new(minor, row.currency);
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            cards: row.cards,
            value: money(row.value_minor),
            reason: row.reason,
            created_at: row.created_at,
            claimed: row.claimed,
            frozen: row.frozen,
            running: row.running,
            left: money(row.left_minor),
            held: money(row.held_minor),
            expired: money(row.expired_minor),
        }
    }
}

/// A page of batches, newest first.
pub async fn batches(connection: &mut Connection, page: &PageRequest) -> Result<Page<SeenBatch>, GiftCardsError> {
    let after: Option<(Dated<Instant>, GiftCardBatchId)> = match &page.cursor {
        Some(cursor) => Some(cursor.decode().map_err(|_| GiftCardsError::BadCursor)?),
        None => None,
    };
    let found = find(connection, None, after.map(|(at, id)| (at.get(), id)), i64::from(page.limit) + 1).await?;
    Ok(Page::from_rows(found, page.limit, |batch| (batch.created_at, batch.id)))
}

/// One batch.
pub async fn batch(connection: &mut Connection, id: GiftCardBatchId) -> Result<SeenBatch, GiftCardsError> {
    find(connection, Some(id), None, 1).await?.pop().ok_or(GiftCardsError::NotFound)
}

async fn find(
    connection: &mut Connection,
    id: Option<GiftCardBatchId>,
    after: Option<(Instant, GiftCardBatchId)>,
    count_max: i64,
) -> Result<Vec<SeenBatch>, GiftCardsError> {
    let rows = sqlx::query_file_as!(
        StoredBatch,
        "sql/list_batches.sql",
        id.map(|id| id.0),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        count_max
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(SeenBatch::from).collect())
}

/// The cards of a batch, those that they were sent on as, or that took their place, included.
pub async fn cards_reached(
    connection: &mut Connection,
    batch: GiftCardBatchId,
) -> Result<Vec<GiftCardId>, GiftCardsError> {
    let reached = sqlx::query_scalar!(
        r#"WITH RECURSIVE reached AS (
             SELECT id FROM gift_cards WHERE batch_id = $1
             UNION SELECT next.id FROM reached r CROSS JOIN LATERAL (
               SELECT t.card_id AS id FROM gift_card_transfers t WHERE t.from_card_id = r.id
               UNION ALL SELECT c.id FROM gift_cards c WHERE c.replaces_id = r.id
             ) next
           )
           SELECT id AS "id!: GiftCardId" FROM reached"#,
        batch.0
    );
    Ok(reached.fetch_all(connection).await?)
}

/// Whether one of these cards is somebody's own: they have it, bought it, are sending it, or issued it with its batch.
pub async fn has_own(
    connection: &mut Connection,
    cards: &[GiftCardId],
    person: PersonId,
) -> Result<bool, GiftCardsError> {
    let ids: Vec<_> = cards.iter().map(|card| card.0).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT EXISTS (
             SELECT FROM gift_cards c LEFT JOIN gift_card_batches b ON b.id = c.batch_id
             LEFT JOIN gift_card_transfers t ON t.card_id = c.id AND t.state = 'offered'
             WHERE c.id = ANY($1) AND $2 IN (c.holder_id, c.buyer_id, b.issued_by, t.sender_id)
           ) AS "found!""#,
        &ids,
        person.0
    );
    Ok(found.fetch_one(connection).await?)
}

/// What cards of one kind hold in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Liability {
    pub kind: CardKind,
    /// How many cards hold something.
    pub cards: i64,
    pub left: Money,
    pub held: Money,
    pub expired: Money,
}

/// What all cards hold, by currency and kind.
pub async fn liability(connection: &mut Connection) -> Result<Vec<Liability>, GiftCardsError> {
    let rows = sqlx::query_file!("sql/sum_liability.sql").fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| Liability {
            kind: row.kind,
            cards: row.cards,
            left: Money::new(row.left_minor, row.currency),
            held: Money::new(row.held_minor, row.currency),
            expired: Money::new(row.expired_minor, row.currency),
        })
        .collect())
}

/// The credit of everybody in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLiability {
    pub left: Money,
    pub held: Money,
}

/// The credit of everybody, by currency.
pub async fn credit_liability(connection: &mut Connection) -> Result<Vec<CreditLiability>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT currency AS "currency: Currency",
             coalesce(sum(balance_minor) FILTER (WHERE kind = 'customer_credit'), 0)::bigint AS "left_minor!",
             coalesce(sum(balance_minor) FILTER (WHERE kind = 'credit_hold'), 0)::bigint AS "held_minor!"
           FROM ledger_accounts WHERE kind IN ('customer_credit', 'credit_hold') GROUP BY currency ORDER BY currency"#
    );
    let rows = rows.fetch_all(connection).await?;
    let of = |minor, currency| Money::new(minor, currency);
    Ok(rows
        .into_iter()
        .map(|row| CreditLiability { left: of(row.left_minor, row.currency), held: of(row.held_minor, row.currency) })
        .collect())
}
