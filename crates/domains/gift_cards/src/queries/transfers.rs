//! Reads of cards that were sent.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Currency, GiftCardId, Money, PersonId};

use crate::error::GiftCardsError;
use crate::transfer::{CardTransfer, TransferState};

/// A row of `gift_card_transfers` with what the card was issued with.
struct StoredTransfer {
    card_id: GiftCardId,
    from_card_id: GiftCardId,
    sender_id: PersonId,
    to_email: String,
    message: Option<String>,
    currency: Currency,
    issued_minor: i64,
    state: TransferState,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<StoredTransfer> for CardTransfer {
    fn from(row: StoredTransfer) -> Self {
        Self {
            card: row.card_id,
            from: row.from_card_id,
            sender: row.sender_id,
            email: row.to_email,
            message: row.message,
            amount: Money::new(row.issued_minor, row.currency),
            state: row.state,
            created_at: row.created_at,
            ended_at: row.ended_at,
        }
    }
}

/// The card that the value of a card is on its way as.
pub async fn open_transfer(
    connection: &mut Connection,
    from: GiftCardId,
) -> Result<Option<GiftCardId>, GiftCardsError> {
    let found = sqlx::query_scalar!(
        r#"SELECT card_id AS "card_id: GiftCardId" FROM gift_card_transfers WHERE from_card_id = $1 AND state = 'offered'"#,
        from.0
    );
    Ok(found.fetch_optional(connection).await?)
}

/// The latest time that a card was sent.
pub async fn last_sent(connection: &mut Connection, from: GiftCardId) -> Result<Option<CardTransfer>, GiftCardsError> {
    Ok(transfers(connection, Some(from), None, 1).await?.pop())
}

/// How a card came to whoever has it or may claim it; none if nobody sent it.
pub async fn received(connection: &mut Connection, card: GiftCardId) -> Result<Option<CardTransfer>, GiftCardsError> {
    Ok(transfers(connection, None, Some(card), 1).await?.pop())
}

async fn transfers(
    connection: &mut Connection,
    from: Option<GiftCardId>,
    card: Option<GiftCardId>,
    count_max: i64,
) -> Result<Vec<CardTransfer>, GiftCardsError> {
    let rows = sqlx::query_as!(
        StoredTransfer,
        r#"SELECT t.card_id AS "card_id: GiftCardId", t.from_card_id AS "from_card_id: GiftCardId", t.sender_id AS "sender_id: PersonId",
             t.to_email, t.message, c.currency AS "currency: Currency", c.issued_minor, t.state AS "state: TransferState", t.created_at,
             t.ended_at
           FROM gift_card_transfers t JOIN gift_cards c ON c.id = t.card_id
           WHERE t.from_card_id = $1 OR t.card_id = $2 ORDER BY t.created_at DESC, t.card_id DESC LIMIT $3"#,
        from.map(|from| from.0),
        card.map(|card| card.0),
        count_max
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(CardTransfer::from).collect())
}
