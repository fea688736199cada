//! Reads of cards and credit.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Actor, ActorKind, Currency, GiftCardBatchId, GiftCardId, Instant, Money, PersonId};
use uuid::Uuid;

use crate::card::{CardKind, CardState, GiftCard};
use crate::entry::{CardEntry, EntryKind};
use crate::error::GiftCardsError;
use crate::store::StoredCard;

/// The most cards of one person that are listed.
const CARDS_MAX: i64 = 500;

/// A card, with the end of its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenCard {
    pub card: GiftCard,
    /// The last group of its latest code, by which people tell their cards apart; cards that were given without a code have none.
    pub last_group: Option<String>,
}

/// A card, for those it concerns.
pub async fn card(connection: &mut Connection, id: GiftCardId) -> Result<SeenCard, GiftCardsError> {
    let card = find(&mut *connection, Some(id), None).await?.pop().ok_or(GiftCardsError::NotFound)?;
    Ok(with_groups(connection, vec![card]).await?.remove(0))
}

/// Who of our staff issued the cards of a batch.
pub async fn issuer(connection: &mut Connection, batch: GiftCardBatchId) -> Result<Option<PersonId>, GiftCardsError> {
    let issuer = sqlx::query_scalar!(
        r#"SELECT issued_by AS "issued_by: PersonId" FROM gift_card_batches WHERE id = $1"#,
        batch.0
    );
    Ok(issuer.fetch_optional(connection).await?)
}

/// The cards that somebody has, newest first; emptied ones too.
pub async fn cards_of(connection: &mut Connection, holder: PersonId) -> Result<Vec<SeenCard>, GiftCardsError> {
    let cards = find(&mut *connection, None, Some(holder)).await?;
    with_groups(connection, cards).await
}

async fn find(
    connection: &mut Connection,
    id: Option<GiftCardId>,
    holder: Option<PersonId>,
) -> Result<Vec<GiftCard>, GiftCardsError> {
    let rows = sqlx::query_file_as!(
        StoredCard,
        "sql/find_cards.sql",
        id.map(|id| id.0),
        holder.map(|holder| holder.0),
        CARDS_MAX
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(GiftCard::from).collect())
}

async fn with_groups(connection: &mut Connection, cards: Vec<GiftCard>) -> Result<Vec<SeenCard>, GiftCardsError> {
    let ids: Vec<Uuid> = cards.iter().map(|card| card.id.0).collect();
    let groups = sqlx::query!(
        "SELECT DISTINCT ON (card_id) card_id, last_group FROM gift_card_codes WHERE card_id = ANY($1) ORDER BY card_id, created_at DESC",
        &ids
    );
    let groups = groups.fetch_all(connection).await?;
    let of = |card: &GiftCard| groups.iter().find(|row| row.card_id == card.id.0).map(|row| row.last_group.clone());
    Ok(cards.into_iter().map(|card| SeenCard { last_group: of(&card), card }).collect())
}

/// The history of a card, oldest first.
pub async fn history(connection: &mut Connection, card: &GiftCard) -> Result<Vec<CardEntry>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT number, kind AS "kind: EntryKind", change_minor, balance_minor, about_id, reason, actor_kind AS "actor_kind: ActorKind",
             actor_id AS "actor_id: PersonId", occurred_at AS "occurred_at: DateTime<Utc>"
           FROM gift_card_entries WHERE card_id = $1 ORDER BY number"#,
        card.id.0
    );
    let currency = card.balance.currency;
    let rows = rows.fetch_all(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| CardEntry {
            number: row.number,
            kind: row.kind,
            change: Money::new(row.change_minor, currency),
            balance: Money::new(row.balance_minor, currency),
            about: row.about_id,
            reason: row.reason,
            actor: Actor { kind: row.actor_kind, id: row.actor_id },
            at: row.occurred_at,
        })
        .collect())
}

/// Somebody's credit, by currency; currencies without any are left out.
pub async fn credit_of(connection: &mut Connection, person: PersonId) -> Result<Vec<Money>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT currency AS "currency: Currency", balance_minor AS "balance_minor!" FROM ledger_accounts
           WHERE kind = 'customer_credit' AND owner_id = $1 AND balance_minor > 0 ORDER BY currency"#,
        person.0
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| Money::new(row.balance_minor, row.currency)).collect())
}

/// Cards whose last day is over although nothing was done about that yet, the earliest first.
pub async fn ended(
    connection: &mut Connection,
    now: Instant,
    count_max: i64,
) -> Result<Vec<GiftCardId>, GiftCardsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: GiftCardId" FROM gift_cards WHERE ends_at <= $1 AND state IN ('active', 'scheduled') ORDER BY ends_at, id LIMIT $2"#,
        now,
        count_max
    );
    Ok(ids.fetch_all(connection).await?)
}
