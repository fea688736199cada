//! Reads under lock, and writes, of cards.

pub(crate) mod credit;
pub(crate) mod loyalty;
pub(crate) mod orders;

use chrono::{DateTime, NaiveDate, Utc};
use database::{Connection, Tx};
use kernel::{Actor, Currency, GiftCardBatchId, GiftCardId, Instant, Money, PersonId};
use uuid::Uuid;

use crate::batch::NewBatch;
use crate::card::{CardKind, CardState, GiftCard, LastDay};
use crate::changes::CardChanges;
use crate::code::{CodeHash, GiftCode};
use crate::error::GiftCardsError;
use crate::transfer::{NewTransfer, TransferState};

/// A row of `gift_cards` with its balance.
pub(crate) struct StoredCard {
    pub id: GiftCardId,
    pub kind: CardKind,
    pub state: CardState,
    pub currency: Currency,
    pub issued_minor: i64,
    pub balance_minor: i64,
    pub buyer_id: Option<PersonId>,
    pub holder_id: Option<PersonId>,
    pub is_offered: bool,
    pub last_day: Option<NaiveDate>,
    pub zone: Option<String>,
    pub ends_at: Option<DateTime<Utc>>,
    pub batch_id: Option<GiftCardBatchId>,
    pub replaces_id: Option<GiftCardId>,
    pub version: i64,
    pub created_at: DateTime<Utc>,
}

impl From<StoredCard> for GiftCard {
    fn from(row: StoredCard) -> Self {
        // Zones are written by us; one that this release does not know any more still ends when it was said to.
        let zone = || row.zone.as_deref().and_then(|zone| zone.parse().ok()).unwrap_or(chrono_tz::UTC);
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            issued: Money::new(row.issued_minor, row.currency),
            balance: Money::new(row.balance_minor, row.currency),
            buyer: row.buyer_id,
            holder: row.holder_id,
            is_offered: row.is_offered,
            last_day: row.last_day.zip(row.ends_at).map(|(day, ends_at)| LastDay { day, zone: zone(), ends_at }),
            batch: row.batch_id,
            replaces: row.replaces_id,
            version: row.version,
            created_at: row.created_at,
        }
    }
}

/// Locks cards until the transaction ends; those that are missing are left out.
pub(crate) async fn lock(tx: &mut Tx, ids: &[GiftCardId]) -> Result<Vec<GiftCard>, GiftCardsError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_file_as!(StoredCard, "sql/lock_cards.sql", &ids).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(GiftCard::from).collect())
}

/// A card found by its code, with the card that it was sent from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundByCode {
    pub card: GiftCardId,
    pub from: Option<GiftCardId>,
}

/// The card that a live code opens.
pub(crate) async fn find_by_code(
    connection: &mut Connection,
    hashes: &[CodeHash],
) -> Result<Option<FoundByCode>, GiftCardsError> {
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
    let found = sqlx::query_as!(
        FoundByCode,
        r#"SELECT c.card_id AS "card: GiftCardId", t.from_card_id AS "from?: GiftCardId"
           FROM gift_card_codes c LEFT JOIN gift_card_transfers t ON t.card_id = c.card_id
           WHERE c.hash = ANY($1) AND c.ended_at IS NULL"#,
        &hashes
    );
    Ok(found.fetch_optional(connection).await?)
}

/// What is set aside of a locked card.
pub(crate) async fn held(tx: &mut Tx, card: &GiftCard) -> Result<Money, GiftCardsError> {
    let currency = card.balance.currency;
    let held = sqlx::query_scalar!(
        r#"SELECT balance_minor AS "balance_minor!" FROM ledger_accounts WHERE kind = 'gift_hold' AND owner_id = $1 AND currency = $2"#,
        card.id.0,
        currency.code()
    );
    Ok(Money::new(held.fetch_optional(&mut **tx).await?.unwrap_or(0), currency))
}

/// Records that a card was sent as another.
pub(crate) async fn insert_transfer(
    tx: &mut Tx,
    card: GiftCardId,
    from: &GiftCard,
    sender: PersonId,
    to: &NewTransfer,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let inserted = sqlx::query!(
        "INSERT INTO gift_card_transfers (card_id, from_card_id, sender_id, to_email, message, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'offered', $6)",
        card.0,
        from.id.0,
        sender.0,
        to.email,
        to.message,
        now
    );
    Ok(inserted.execute(&mut **tx).await.map(drop)?)
}

/// Records that a card that was sent was claimed or taken back.
pub(crate) async fn end_transfer(
    tx: &mut Tx,
    card: GiftCardId,
    state: TransferState,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let ended = sqlx::query!(
        "UPDATE gift_card_transfers SET state = $2, ended_at = $3 WHERE card_id = $1 AND state = 'offered'",
        card.0,
        state as _,
        now
    );
    Ok(ended.execute(&mut **tx).await.map(drop)?)
}

/// Inserts new cards, each with its code unless somebody holds it from the start.
pub(crate) async fn issue(
    tx: &mut Tx,
    cards: &[(GiftCard, Option<(CodeHash, &GiftCode)>)],
    actor: Actor,
    reason: Option<&str>,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let of = |card: &GiftCard| card.last_day;
    let issued = sqlx::query_file!(
        "sql/issue_cards.sql",
        now,
        &cards.iter().map(|(card, _)| card.id.0).collect::<Vec<Uuid>>(),
        &cards.iter().map(|(card, _)| card.kind.as_str().to_owned()).collect::<Vec<String>>(),
        &cards.iter().map(|(card, _)| card.state.as_str().to_owned()).collect::<Vec<String>>(),
        &cards.iter().map(|(card, _)| card.issued.currency.code().to_owned()).collect::<Vec<String>>(),
        &cards.iter().map(|(card, _)| card.issued.amount_minor).collect::<Vec<i64>>(),
        &cards.iter().map(|(card, _)| card.buyer.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &cards.iter().map(|(card, _)| card.holder.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &cards.iter().map(|(card, _)| of(card).map(|last| last.day)).collect::<Vec<_>>() as &[Option<NaiveDate>],
        &cards.iter().map(|(card, _)| of(card).map(|last| last.zone.name().to_owned())).collect::<Vec<_>>()
            as &[Option<String>],
        &cards.iter().map(|(card, _)| of(card).map(|last| last.ends_at)).collect::<Vec<_>>() as &[Option<Instant>],
        &cards.iter().map(|(card, _)| card.batch.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &cards.iter().map(|(card, _)| card.replaces.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &cards.iter().map(|(_, code)| code.map(|(hash, _)| hash.to_vec())).collect::<Vec<_>>() as &[Option<Vec<u8>>],
        &cards.iter().map(|(_, code)| code.map(|(_, code)| code.last_group())).collect::<Vec<_>>()
            as &[Option<String>],
        actor.kind as _,
        actor.id as _,
        reason
    );
    Ok(issued.execute(&mut **tx).await.map(drop)?)
}

/// Saves changes of locked cards.
pub(crate) async fn save(tx: &mut Tx, changes: &CardChanges, now: Instant) -> Result<(), GiftCardsError> {
    let steps = &changes.changed;
    let saved = sqlx::query_file!(
        "sql/save_cards.sql",
        now,
        &steps.iter().map(|(card, _)| card.id.0).collect::<Vec<Uuid>>(),
        &steps.iter().map(|(_, entry)| entry.number).collect::<Vec<i64>>(),
        &steps.iter().map(|(card, _)| card.state.as_str().to_owned()).collect::<Vec<String>>(),
        &steps.iter().map(|(card, _)| card.holder.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>],
        &steps.iter().map(|(card, _)| card.is_offered).collect::<Vec<bool>>(),
        &steps.iter().map(|(_, entry)| entry.kind.as_str().to_owned()).collect::<Vec<String>>(),
        &steps.iter().map(|(_, entry)| entry.change.amount_minor).collect::<Vec<i64>>(),
        &steps.iter().map(|(_, entry)| entry.balance.amount_minor).collect::<Vec<i64>>(),
        &steps.iter().map(|(_, entry)| entry.about).collect::<Vec<_>>() as &[Option<Uuid>],
        &steps.iter().map(|(_, entry)| entry.reason.clone()).collect::<Vec<_>>() as &[Option<String>],
        &steps.iter().map(|(_, entry)| entry.actor.kind.as_str().to_owned()).collect::<Vec<String>>(),
        &steps.iter().map(|(_, entry)| entry.actor.id.map(|id| id.0)).collect::<Vec<_>>() as &[Option<Uuid>]
    );
    Ok(saved.execute(&mut **tx).await.map(drop)?)
}

/// Gives an offered card a code, which ends when it is claimed or taken back.
pub(crate) async fn add_code(
    tx: &mut Tx,
    card: GiftCardId,
    hash: CodeHash,
    code: &GiftCode,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let added = sqlx::query!(
        "WITH ended AS (UPDATE gift_card_codes SET ended_at = $4 WHERE card_id = $1 AND ended_at IS NULL RETURNING 1)
         INSERT INTO gift_card_codes (card_id, hash, last_group, created_at)
         SELECT $1, $2, $3, $4 FROM (SELECT count(*) FROM ended) AS ended",
        card.0,
        hash.as_slice(),
        code.last_group(),
        now
    );
    Ok(added.execute(&mut **tx).await.map(drop)?)
}

/// Records that staff issued cards together.
pub(crate) async fn insert_batch(
    tx: &mut Tx,
    id: GiftCardBatchId,
    batch: &NewBatch,
    by: PersonId,
    now: Instant,
) -> Result<(), GiftCardsError> {
    let inserted = sqlx::query!(
        "INSERT INTO gift_card_batches (id, name, kind, cards, value_minor, currency, issued_by, reason, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        batch.name,
        batch.kind as _,
        i32::from(batch.cards),
        batch.value.amount_minor,
        batch.value.currency.code(),
        by.0,
        batch.reason,
        now
    );
    match inserted.execute(&mut **tx).await {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("gift_card_batches_name") => {
            Err(GiftCardsError::BatchNameTaken)
        }
        done => Ok(done.map(drop)?),
    }
}
