//! What is written of payments.

use database::{Connection, Tx};
use kernel::{BookingId, Chance, Currency, Instant, IntentId, LedgerAccountId, LegId, Money, PersonId, RefundId};

use crate::PaymentsError;
use crate::intent::{Intent, IntentState, Leg, LegState, Method, Refund, RefundReason};
use crate::ledger::templates::Transfer;

/// Adds an intent for a booking, or leaves the one there is.
pub(crate) async fn insert_intent(
    tx: &mut Tx,
    id: IntentId,
    booking: BookingId,
    customer: PersonId,
    due: Money,
    expires_at: Instant,
    now: Instant,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO payment_intents (id, booking_id, customer_id, due_minor, currency, state, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)
         ON CONFLICT (booking_id) DO NOTHING",
        id.0,
        booking.0,
        customer.0,
        due.amount_minor,
        due.currency.code(),
        expires_at,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

struct IntentRow {
    id: IntentId,
    booking_id: BookingId,
    customer_id: PersonId,
    due_minor: i64,
    currency: Currency,
    state: IntentState,
    expires_at: Instant,
    created_at: Instant,
    settled_at: Option<Instant>,
}

impl From<IntentRow> for Intent {
    fn from(row: IntentRow) -> Self {
        Self {
            id: row.id,
            booking: row.booking_id,
            customer: row.customer_id,
            due: Money::new(row.due_minor, row.currency),
            state: row.state,
            expires_at: row.expires_at,
            created_at: row.created_at,
            settled_at: row.settled_at,
        }
    }
}

/// The intent with this id, or of this booking.
pub(crate) async fn find_intent(
    connection: &mut Connection,
    id: Option<IntentId>,
    booking: Option<BookingId>,
) -> Result<Option<Intent>, sqlx::Error> {
    let row = sqlx::query_as!(
        IntentRow,
        r#"SELECT id AS "id: IntentId", booking_id AS "booking_id: BookingId", customer_id AS "customer_id: PersonId", due_minor, currency AS "currency: Currency",
                  state AS "state: IntentState", expires_at, created_at, settled_at
           FROM payment_intents WHERE id = $1 OR booking_id = $2"#,
        id.map(|id| id.0),
        booking.map(|id| id.0)
    );
    Ok(row.fetch_optional(connection).await?.map(Intent::from))
}

/// Locks an intent, so that its legs and refunds change one at a time.
pub(crate) async fn lock_intent(tx: &mut Tx, id: IntentId) -> Result<Intent, PaymentsError> {
    sqlx::query!("SELECT id FROM payment_intents WHERE id = $1 FOR UPDATE", id.0)
        .fetch_optional(&mut **tx)
        .await?
        .ok_or(PaymentsError::NotFound)?;
    find_intent(tx, Some(id), None).await?.ok_or(PaymentsError::NotFound)
}

/// Notes where an intent stands.
pub(crate) async fn set_intent_state(
    tx: &mut Tx,
    id: IntentId,
    state: &str,
    settled_at: Option<Instant>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE payment_intents SET state = $2, settled_at = coalesce(settled_at, $3) WHERE id = $1",
        id.0,
        state,
        settled_at
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

struct LegRow {
    id: LegId,
    intent_id: IntentId,
    method: Method,
    provider: String,
    share_minor: i64,
    currency: Currency,
    state: LegState,
    provider_ref: Option<String>,
    action_url: Option<String>,
    failure_code: Option<String>,
    captured_minor: i64,
    refunded_minor: i64,
    created_at: Instant,
}

impl From<LegRow> for Leg {
    fn from(row: LegRow) -> Self {
        Self {
            id: row.id,
            intent: row.intent_id,
            method: row.method,
            provider: row.provider,
            share: Money::new(row.share_minor, row.currency),
            state: row.state,
            provider_ref: row.provider_ref,
            action_url: row.action_url,
            failure_code: row.failure_code,
            captured_minor: row.captured_minor,
            refunded_minor: row.refunded_minor,
            created_at: row.created_at,
        }
    }
}

/// The legs of an intent, in the order they were opened.
pub(crate) async fn legs(connection: &mut Connection, intent: IntentId) -> Result<Vec<Leg>, sqlx::Error> {
    let rows = sqlx::query_as!(
        LegRow,
        r#"SELECT l.id AS "id: LegId", l.intent_id AS "intent_id: IntentId", l.method AS "method: Method", l.provider, l.share_minor, i.currency AS "currency: Currency",
                  l.state AS "state: LegState", l.provider_ref, l.action_url, l.failure_code, l.captured_minor, l.refunded_minor, l.created_at
           FROM payment_legs l JOIN payment_intents i ON i.id = l.intent_id WHERE l.intent_id = $1 ORDER BY l.position"#,
        intent.0
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Leg::from).collect())
}

/// The intent that a leg belongs to, or that a provider's reference belongs to.
pub(crate) async fn intent_of(
    connection: &mut Connection,
    leg: Option<LegId>,
    provider_ref: Option<&str>,
) -> Result<Option<(IntentId, LegId)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT intent_id AS "intent_id: IntentId", id AS "id: LegId" FROM payment_legs WHERE id = $1 OR provider_ref = $2 LIMIT 1"#,
        leg.map(|id| id.0),
        provider_ref
    );
    Ok(row.fetch_optional(connection).await?.map(|row| (row.intent_id, row.id)))
}

/// Opens a leg; only one at a time may be taking money.
pub(crate) async fn insert_leg(
    tx: &mut Tx,
    id: LegId,
    intent: IntentId,
    method: &str,
    provider: &str,
    share: Money,
    now: Instant,
) -> Result<(), PaymentsError> {
    let inserted = sqlx::query!(
        "INSERT INTO payment_legs (id, intent_id, position, method, provider, share_minor, state, created_at, updated_at)
         SELECT $1, $2, (SELECT coalesce(max(position), 0) + 1 FROM payment_legs WHERE intent_id = $2), $3, $4, $5, 'created', $6, $6",
        id.0,
        intent.0,
        method,
        provider,
        share.amount_minor,
        now
    );
    match inserted.execute(&mut **tx).await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("payment_legs_one_open") => {
            Err(PaymentsError::AlreadyPaying)
        }
        Err(error) => Err(error.into()),
    }
}

/// Notes where a leg stands.
pub(crate) async fn update_leg(tx: &mut Tx, leg: &Leg, now: Instant) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE payment_legs SET state = $2, provider_ref = $3, action_url = $4, failure_code = $5, captured_minor = $6, updated_at = $7 WHERE id = $1",
        leg.id.0,
        leg.state.as_str(),
        leg.provider_ref,
        leg.action_url,
        leg.failure_code,
        leg.captured_minor,
        now
    )
    .execute(&mut **tx)
    .await
    .map(drop)
}

/// Owes a refund: the leg's own constraint keeps it within what was captured.
pub(crate) async fn insert_refund(
    tx: &mut Tx,
    id: RefundId,
    leg: LegId,
    amount: Money,
    reason: RefundReason,
    now: Instant,
) -> Result<(), PaymentsError> {
    let reserved = sqlx::query!(
        "UPDATE payment_legs SET refunded_minor = refunded_minor + $2, updated_at = $3 WHERE id = $1",
        leg.0,
        amount.amount_minor,
        now
    );
    match reserved.execute(&mut **tx).await {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("payment_legs_refund_within_capture") => {
            return Err(PaymentsError::RefundTooLarge);
        }
        done => done?,
    };
    sqlx::query!(
        "INSERT INTO refunds (id, leg_id, amount_minor, currency, reason, state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'pending', $6, $6)",
        id.0,
        leg.0,
        amount.amount_minor,
        amount.currency.code(),
        reason as _,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

struct RefundRow {
    id: RefundId,
    leg_id: LegId,
    amount_minor: i64,
    currency: Currency,
    reason: RefundReason,
    state: String,
    created_at: Instant,
}

impl From<RefundRow> for Refund {
    fn from(row: RefundRow) -> Self {
        Self {
            id: row.id,
            leg: row.leg_id,
            amount: Money::new(row.amount_minor, row.currency),
            reason: row.reason,
            state: row.state,
            created_at: row.created_at,
        }
    }
}

/// The refunds of an intent, oldest first; or the one with this id.
pub(crate) async fn refunds(
    connection: &mut Connection,
    intent: Option<IntentId>,
    id: Option<RefundId>,
) -> Result<Vec<Refund>, sqlx::Error> {
    let rows = sqlx::query_as!(
        RefundRow,
        r#"SELECT r.id AS "id: RefundId", r.leg_id AS "leg_id: LegId", r.amount_minor, r.currency AS "currency: Currency", r.reason AS "reason: RefundReason", r.state, r.created_at
           FROM refunds r JOIN payment_legs l ON l.id = r.leg_id WHERE l.intent_id = $1 OR r.id = $2 ORDER BY r.created_at, r.id"#,
        intent.map(|id| id.0),
        id.map(|id| id.0)
    );
    Ok(rows.fetch_all(connection).await?.into_iter().map(Refund::from).collect())
}

/// Notes that a refund arrived; `false` when that was known.
pub(crate) async fn finish_refund(tx: &mut Tx, id: RefundId, now: Instant) -> Result<bool, sqlx::Error> {
    let finished = sqlx::query!(
        "UPDATE refunds SET state = 'succeeded', updated_at = $2 WHERE id = $1 AND state = 'pending'",
        id.0,
        now
    );
    Ok(finished.execute(&mut **tx).await?.rows_affected() == 1)
}

/// Records a transfer with its postings; a transfer that is there already stays as it is.
pub(crate) async fn post(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    transfer: &Transfer,
) -> Result<(), sqlx::Error> {
    let inserted = sqlx::query!(
        "INSERT INTO ledger_transfers (id, template, booking_id, leg_id, occurred_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        transfer.id,
        transfer.template,
        transfer.booking.0,
        transfer.leg.map(|leg| leg.0),
        now
    );
    if inserted.execute(&mut **tx).await?.rows_affected() == 0 {
        return Ok(());
    }
    for (position, (account, amount)) in (1_i16..).zip(&transfer.postings) {
        let (kind, owner) = account.key();
        sqlx::query!(
            "INSERT INTO ledger_accounts (id, kind, owner_id, currency, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, owner_id, currency) DO NOTHING",
            LedgerAccountId::new(chance, now).0,
            kind,
            owner,
            amount.currency.code(),
            now
        )
        .execute(&mut **tx)
        .await?;
        sqlx::query!(
            "INSERT INTO ledger_postings (transfer_id, position, account_id, amount_minor, currency)
             SELECT $1, $2, id, $6, $5 FROM ledger_accounts WHERE kind = $3 AND owner_id = $4 AND currency = $5",
            transfer.id,
            position,
            kind,
            owner,
            amount.currency.code(),
            amount.amount_minor
        )
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
