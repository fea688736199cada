//! Cards as people see them: where they stand, the end of their code, and how they look. One statement, however many they are.

use database::Connection;
use kernel::{Currency, GiftCardBatchId, GiftCardId, Instant, PersonId};

use crate::card::{CardKind, CardState, GiftCard};
use crate::error::GiftCardsError;
use crate::order::CardDesign;
use crate::store::StoredCard;

/// A card, with the end of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCard {
    pub card: GiftCard,
    /// The last group of its latest code, by which people tell their cards apart; cards that were given without a code have none.
    pub last_group: Option<String>,
    /// How it looks, if it was bought.
    pub bought: Option<BoughtCard>,
}

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

/// Which cards to find: those named, or somebody's, or those of a batch.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct CardsWanted<'a> {
    pub ids: &'a [GiftCardId],
    pub holder: Option<PersonId>,
    pub batch: Option<GiftCardBatchId>,
}

pub(super) async fn find(
    connection: &mut Connection,
    wanted: CardsWanted<'_>,
    after: Option<(Instant, GiftCardId)>,
    count_max: i64,
) -> Result<Vec<SeenCard>, GiftCardsError> {
    let ids: Vec<_> = wanted.ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_file!(
        "sql/find_cards.sql",
        &ids,
        wanted.holder.map(|holder| holder.0),
        wanted.batch.map(|batch| batch.0),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        count_max
    );
    let seen = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let message = row.message.filter(|message| !message.is_empty());
        let words = row.sender_name.filter(|_| row.was_sent == Some(false)).map(|from| BuyerWords { from, message });
        let stored = StoredCard {
            id: row.id,
            kind: row.kind,
            state: row.state,
            currency: row.currency,
            issued_minor: row.issued_minor,
            balance_minor: row.balance_minor,
            buyer_id: row.buyer_id,
            holder_id: row.holder_id,
            is_offered: row.is_offered,
            last_day: row.last_day,
            zone: row.zone,
            ends_at: row.ends_at,
            batch_id: row.batch_id,
            replaces_id: row.replaces_id,
            version: row.version,
            created_at: row.created_at,
        };
        SeenCard {
            card: stored.into(),
            last_group: row.last_group,
            bought: row.design.map(|design| BoughtCard { design, words }),
        }
    });
    Ok(seen.collect())
}
