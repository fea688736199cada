//! Reads of how cards look that somebody bought, and of the words that go with them.

use std::collections::HashMap;

use database::Connection;
use kernel::GiftCardId;

use crate::error::GiftCardsError;
use crate::order::CardDesign;

/// A card that was bought, or that bought value was sent on as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoughtCard {
    /// As its buyer chose it; a card that it is sent as looks the same.
    pub design: CardDesign,
    /// What the buyer wrote to whoever it is for; none of cards bought for oneself, nor of those that were sent on to others.
    pub words: Option<BuyerWords>,
}

/// The words on a bought card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuyerWords {
    /// As the recipient knows the buyer.
    pub from: String,
    pub message: Option<String>,
}

/// Those of the cards that were bought, whoever has them now.
pub(super) async fn bought(
    connection: &mut Connection,
    cards: &[GiftCardId],
) -> Result<HashMap<GiftCardId, BoughtCard>, GiftCardsError> {
    let ids: Vec<_> = cards.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"WITH RECURSIVE origins AS (
             SELECT id AS card_id, id AS origin_id, false AS was_sent FROM unnest($1::uuid[]) AS id
             UNION SELECT o.card_id, before.id, o.was_sent OR before.was_sent FROM origins o CROSS JOIN LATERAL (
               SELECT t.from_card_id AS id, true AS was_sent FROM gift_card_transfers t WHERE t.card_id = o.origin_id
               UNION ALL SELECT c.replaces_id, false FROM gift_cards c WHERE c.id = o.origin_id AND c.replaces_id IS NOT NULL
             ) before
           )
           SELECT o.card_id AS "card_id!: GiftCardId", o.was_sent AS "was_sent!", b.design AS "design: CardDesign", b.sender_name, b.message
           FROM origins o JOIN gift_card_orders b ON b.card_id = o.origin_id"#,
        &ids
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let message = row.message.filter(|message| !message.is_empty());
        let words = row.sender_name.filter(|_| !row.was_sent).map(|from| BuyerWords { from, message });
        (row.card_id, BoughtCard { design: row.design, words })
    });
    Ok(rows.collect())
}
