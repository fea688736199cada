//! Reads of chargebacks.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{
    ChargebackId, Currency, Dated, GiftCardId, GiftCardOrderId, Instant, IntentId, LegId, Money, Page, PageRequest,
    PersonId,
};
use uuid::Uuid;

use crate::chargeback::Chargeback;
use crate::leg_chargeback::ChargebackState;
use crate::{PaidFor, PaymentsError, RefundState};

struct StoredChargeback {
    id: ChargebackId,
    intent_id: IntentId,
    leg_id: LegId,
    subject_kind: String,
    subject_id: Uuid,
    customer_id: PersonId,
    provider: String,
    dispute_ref: String,
    amount_minor: i64,
    taken_back_minor: i64,
    currency: Currency,
    state: ChargebackState,
    note: Option<String>,
    closed_by: Option<PersonId>,
    closed_at: Option<DateTime<Utc>>,
    won_at: Option<DateTime<Utc>>,
    opened_at: DateTime<Utc>,
    recorded_at: DateTime<Utc>,
}

impl TryFrom<StoredChargeback> for Chargeback {
    type Error = PaymentsError;

    fn try_from(row: StoredChargeback) -> Result<Self, PaymentsError> {
        Ok(Self {
            id: row.id,
            intent: row.intent_id,
            leg: row.leg_id,
            paid_for: PaidFor::stored(&row.subject_kind, row.subject_id).ok_or(PaymentsError::NotFound)?,
            customer: row.customer_id,
            provider: row.provider,
            dispute_ref: row.dispute_ref,
            amount: Money::new(row.amount_minor, row.currency),
            taken_back: Money::new(row.taken_back_minor, row.currency),
            state: row.state,
            note: row.note,
            closed_by: row.closed_by,
            closed_at: row.closed_at,
            won_at: row.won_at,
            opened_at: row.opened_at,
            recorded_at: row.recorded_at,
        })
    }
}

/// One case.
pub async fn chargeback(connection: &mut Connection, id: ChargebackId) -> Result<Chargeback, PaymentsError> {
    find(connection, Some(id), None, None, 1).await?.pop().ok_or(PaymentsError::NotFound)
}

/// A page of cases in one state or any, newest first.
pub async fn list(
    connection: &mut Connection,
    state: Option<ChargebackState>,
    page: &PageRequest,
) -> Result<Page<Chargeback>, PaymentsError> {
    let after: Option<(Dated<Instant>, ChargebackId)> = match &page.cursor {
        Some(cursor) => Some(cursor.decode().map_err(|_| PaymentsError::BadCursor)?),
        None => None,
    };
    let after = after.map(|(at, id)| (at.get(), id));
    let found = find(connection, None, state, after, i64::from(page.limit) + 1).await?;
    Ok(Page::from_rows(found, page.limit, |case| (case.recorded_at, case.id)))
}

async fn find(
    connection: &mut Connection,
    id: Option<ChargebackId>,
    state: Option<ChargebackState>,
    after: Option<(Instant, ChargebackId)>,
    count_max: i64,
) -> Result<Vec<Chargeback>, PaymentsError> {
    let rows = sqlx::query_file_as!(
        StoredChargeback,
        "sql/list_chargebacks.sql",
        id.map(|id| id.0),
        state.map(ChargebackState::as_str),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        count_max
    );
    rows.fetch_all(connection).await?.into_iter().map(Chargeback::try_from).collect()
}

/// The cases that are open, oldest first.
pub async fn open(connection: &mut Connection) -> Result<Vec<ChargebackId>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: ChargebackId" FROM chargebacks WHERE state = $1 ORDER BY id"#,
        ChargebackState::Open.as_str()
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Which of these disputes are recorded, by what their provider calls them.
pub async fn known(
    connection: &mut Connection,
    provider: &str,
    dispute_refs: &[String],
) -> Result<Vec<String>, PaymentsError> {
    let known = sqlx::query_scalar!(
        "SELECT dispute_ref FROM chargebacks WHERE provider = $1 AND dispute_ref = ANY($2)",
        provider,
        dispute_refs
    );
    Ok(known.fetch_all(connection).await?)
}

/// The cases of these disputes that were not won.
pub async fn unwon(
    connection: &mut Connection,
    provider: &str,
    dispute_refs: &[String],
) -> Result<Vec<ChargebackId>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"SELECT id AS "id: ChargebackId" FROM chargebacks
           WHERE provider = $1 AND dispute_ref = ANY($2) AND won_at IS NULL ORDER BY id"#,
        provider,
        dispute_refs
    );
    Ok(ids.fetch_all(connection).await?)
}

/// Those of these purchases whose payment a bank took back, and did not give back.
pub async fn orders_charged_back(
    connection: &mut Connection,
    orders: &[GiftCardOrderId],
) -> Result<Vec<GiftCardOrderId>, PaymentsError> {
    let ids: Vec<Uuid> = orders.iter().map(|id| id.0).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT DISTINCT i.booking_id AS "id: GiftCardOrderId" FROM payment_intents i JOIN payment_legs l ON l.intent_id = i.id
           JOIN chargebacks c ON c.leg_id = l.id WHERE i.booking_id = ANY($1) AND c.won_at IS NULL"#,
        &ids
    );
    Ok(found.fetch_all(connection).await?)
}

/// Who kept a refund of this leg, or of a booking that these gift cards paid, as credit, and how much.
pub async fn kept_as_credit(
    connection: &mut Connection,
    leg: LegId,
    cards: &[GiftCardId],
) -> Result<Vec<(PersonId, i64)>, PaymentsError> {
    let cards: Vec<String> = cards.iter().map(GiftCardId::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT i.customer_id AS "person: PersonId", sum(r.amount_minor)::bigint AS "minor!" FROM payment_legs l
           JOIN refunds r ON r.leg_id = l.id JOIN payment_intents i ON i.id = l.intent_id
           WHERE (l.id = $1 OR l.provider = 'gift_cards' AND l.provider_ref = ANY($2)) AND r.is_kept AND r.state = $3
           GROUP BY i.customer_id"#,
        leg.0,
        &cards,
        RefundState::Succeeded as _
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(|row| (row.person, row.minor)).collect())
}

/// The account of each case must say what was not found again of it, and nothing when it is closed.
pub(super) async fn cases_off(connection: &mut Connection) -> Result<Vec<String>, PaymentsError> {
    let ids = sqlx::query_scalar!(
        r#"WITH books AS (
             SELECT a.owner_id AS id, sum(p.amount_minor) AS minor FROM ledger_accounts a JOIN ledger_postings p ON p.account_id = a.id
             WHERE a.kind = 'chargeback_receivable' GROUP BY a.owner_id
           )
           SELECT coalesce(c.id, books.id) AS "id!" FROM chargebacks c FULL JOIN books ON books.id = c.id
           WHERE coalesce(books.minor, 0) <> CASE c.state WHEN $1 THEN c.amount_minor - c.taken_back_minor ELSE 0 END LIMIT 100"#,
        ChargebackState::Open.as_str()
    );
    let ids = ids.fetch_all(connection).await?;
    Ok(ids.into_iter().map(|id| format!("chargeback {id} differs from the books")).collect())
}
