//! Reads of cards and credit.

mod batches;
mod histories;
mod loyalty;
pub(crate) mod orders;
mod seen;
mod taken_back;
mod transfers;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::secret::HashKeys;
use kernel::{
    Actor, ActorKind, Currency, Dated, GiftCardBatchId, GiftCardId, Instant, Money, Page, PageRequest, PersonId,
};

use crate::card::GiftCard;
use crate::code::GiftCode;
use crate::decide::check_claimable;
use crate::entry::{CardEntry, EntryKind};
use crate::error::GiftCardsError;
use crate::store;
use seen::{CardsWanted, find};

pub use batches::{
    CreditLiability, Liability, SeenBatch, batch, batches, cards_reached, credit_liability, has_own, liability,
};
pub use histories::histories_off;
pub use loyalty::{given_credit, ladder, standings};
pub use seen::{BoughtCard, BuyerWords, SeenCard};
pub use taken_back::{TakenForBank, taken_for_bank};
pub use transfers::{last_sent, open_transfer, received};

/// Whose cards to list.
#[derive(Debug, Clone, Copy)]
pub enum CardsOf {
    /// Those that somebody has; emptied ones too.
    Holder(PersonId),
    /// Those that were issued together.
    Batch(GiftCardBatchId),
}

/// A card, for those it concerns.
pub async fn card(connection: &mut Connection, id: GiftCardId) -> Result<SeenCard, GiftCardsError> {
    cards_by_id(connection, &[id]).await?.remove(&id).ok_or(GiftCardsError::NotFound)
}

/// Those of the cards that exist, with one statement.
pub async fn cards_by_id(
    connection: &mut Connection,
    ids: &[GiftCardId],
) -> Result<HashMap<GiftCardId, SeenCard>, GiftCardsError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let wanted = CardsWanted { ids, ..CardsWanted::default() };
    let found = find(connection, wanted, None, i64::MAX).await?;
    Ok(found.into_iter().map(|seen| (seen.card.id, seen)).collect())
}

/// Who of our staff issued the cards of a batch.
pub async fn issuer(connection: &mut Connection, batch: GiftCardBatchId) -> Result<Option<PersonId>, GiftCardsError> {
    let issuer = sqlx::query_scalar!(
        r#"SELECT issued_by AS "issued_by: PersonId" FROM gift_card_batches WHERE id = $1"#,
        batch.0
    );
    Ok(issuer.fetch_optional(connection).await?)
}

/// A page of cards, newest first.
pub async fn cards(
    connection: &mut Connection,
    of: CardsOf,
    page: &PageRequest,
) -> Result<Page<SeenCard>, GiftCardsError> {
    let after: Option<(Dated<Instant>, GiftCardId)> = match &page.cursor {
        Some(cursor) => Some(cursor.decode().map_err(|_| GiftCardsError::BadCursor)?),
        None => None,
    };
    let (holder, batch) = match of {
        CardsOf::Holder(person) => (Some(person), None),
        CardsOf::Batch(batch) => (None, Some(batch)),
    };
    let (wanted, after) = (CardsWanted { ids: &[], holder, batch }, after.map(|(at, id)| (at.get(), id)));
    let cards = find(connection, wanted, after, i64::from(page.limit) + 1).await?;
    Ok(Page::from_rows(cards, page.limit, |seen| (seen.card.created_at, seen.card.id)))
}

/// What somebody has on all cards together that they may spend at `now`, by currency.
pub async fn balances_of(
    connection: &mut Connection,
    holder: PersonId,
    now: Instant,
) -> Result<Vec<Money>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT c.currency AS "currency: Currency", sum(a.balance_minor)::bigint AS "balance_minor!"
           FROM gift_cards c JOIN ledger_accounts a ON a.kind = 'gift_card' AND a.owner_id = c.id AND a.currency = c.currency
           WHERE c.holder_id = $1 AND c.state = 'active' AND NOT c.is_offered AND (c.ends_at IS NULL OR c.ends_at > $2)
             AND a.balance_minor > 0
           GROUP BY c.currency ORDER BY c.currency"#,
        holder.0,
        now
    );
    let rows = rows.fetch_all(connection).await?;
    Ok(rows.into_iter().map(|row| Money::new(row.balance_minor, row.currency)).collect())
}

/// The card that a code would give to whoever claims it at `now`.
pub async fn claimable(
    connection: &mut Connection,
    keys: &HashKeys,
    code: &GiftCode,
    now: Instant,
) -> Result<SeenCard, GiftCardsError> {
    let found = store::find_by_code(&mut *connection, &code.hashes(keys)).await?;
    let seen = card(connection, found.ok_or(GiftCardsError::CodeOpensNothing)?.card).await?;
    check_claimable(&seen.card, now)?;
    Ok(seen)
}

/// The card that somebody has and that a code once opened, live or not.
pub async fn claimed_with(
    connection: &mut Connection,
    keys: &HashKeys,
    code: &GiftCode,
    holder: PersonId,
) -> Result<Option<GiftCardId>, GiftCardsError> {
    let hashes: Vec<Vec<u8>> = code.hashes(keys).iter().map(|hash| hash.to_vec()).collect();
    let card = sqlx::query_scalar!(
        r#"SELECT c.id AS "id: GiftCardId" FROM gift_card_codes g JOIN gift_cards c ON c.id = g.card_id
           WHERE g.hash = ANY($1) AND c.holder_id = $2"#,
        &hashes,
        holder.0
    );
    Ok(card.fetch_optional(connection).await?)
}

/// Which steps of a history.
#[derive(Debug, Clone, Copy)]
pub struct HistoryPart {
    after: i64,
    limit: u16,
}

impl HistoryPart {
    /// Those of a page.
    pub fn of(page: &PageRequest) -> Result<Self, GiftCardsError> {
        let after = match &page.cursor {
            Some(cursor) => cursor.decode().map_err(|_| GiftCardsError::BadCursor)?,
            None => 0,
        };
        Ok(Self { after, limit: page.limit })
    }
}

/// A page of the history of a card, oldest step first.
pub async fn history(
    connection: &mut Connection,
    card: &GiftCard,
    part: HistoryPart,
) -> Result<Page<CardEntry>, GiftCardsError> {
    let rows = sqlx::query!(
        r#"SELECT number, kind AS "kind: EntryKind", change_minor, balance_minor, about_id, reason, actor_kind AS "actor_kind: ActorKind",
             actor_id AS "actor_id: PersonId", occurred_at AS "occurred_at: DateTime<Utc>"
           FROM gift_card_entries WHERE card_id = $1 AND number > $2 ORDER BY number LIMIT $3"#,
        card.id.0,
        part.after,
        i64::from(part.limit) + 1
    );
    let currency = card.balance.currency;
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| CardEntry {
        number: row.number,
        kind: row.kind,
        change: Money::new(row.change_minor, currency),
        balance: Money::new(row.balance_minor, currency),
        about: row.about_id,
        reason: row.reason,
        actor: Actor { kind: row.actor_kind, id: row.actor_id },
        at: row.occurred_at,
    });
    Ok(Page::from_rows(rows.collect(), part.limit, |entry| entry.number))
}

/// The step with which a card was stopped the last time.
pub async fn last_stop(connection: &mut Connection, card: GiftCardId) -> Result<Option<CardEntry>, GiftCardsError> {
    let row = sqlx::query!(
        r#"SELECT e.number, e.balance_minor, e.reason, e.actor_kind AS "actor_kind: ActorKind", e.actor_id AS "actor_id: PersonId",
             e.occurred_at AS "occurred_at: DateTime<Utc>", c.currency AS "currency: Currency"
           FROM gift_card_entries e JOIN gift_cards c ON c.id = e.card_id
           WHERE e.card_id = $1 AND e.kind = $2 ORDER BY e.number DESC LIMIT 1"#,
        card.0,
        EntryKind::Frozen.as_str()
    );
    Ok(row.fetch_optional(connection).await?.map(|row| CardEntry {
        number: row.number,
        kind: EntryKind::Frozen,
        change: Money::new(0, row.currency),
        balance: Money::new(row.balance_minor, row.currency),
        about: None,
        reason: row.reason,
        actor: Actor { kind: row.actor_kind, id: row.actor_id },
        at: row.occurred_at,
    }))
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
        r#"SELECT id AS "id: GiftCardId" FROM gift_cards WHERE ends_at <= $1 AND state IN ('active', 'scheduled')
          ORDER BY ends_at, id LIMIT $2"#,
        now,
        count_max
    );
    Ok(ids.fetch_all(connection).await?)
}
