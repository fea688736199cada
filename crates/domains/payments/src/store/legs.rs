//! Legs: opened with their intent in one statement, and saved as one array for each column.

use database::Tx;
use database::facts::FactColumns;
use kernel::{Chance, Currency, Instant, IntentId, LegId, Money};
use serde::Deserialize;
use uuid::Uuid;

use crate::{Intent, Leg, LegAttempt, LegState, PaymentEvent, PaymentMethod, PaymentsError};

/// A row of `payment_legs`.
#[derive(Deserialize)]
pub(super) struct StoredLeg {
    id: LegId,
    intent_id: IntentId,
    position: i16,
    method: PaymentMethod,
    provider: String,
    share_minor: i64,
    state: LegState,
    provider_ref: Option<String>,
    action_url: Option<String>,
    failure_code: Option<String>,
    captured_minor: i64,
    surplus_minor: i64,
    refunded_minor: i64,
    given_up_at: Option<Instant>,
    created_at: Instant,
    attempt_id: Option<Uuid>,
    request_id: Option<Uuid>,
}

impl StoredLeg {
    /// A leg's amounts are in the currency of its intent.
    pub(super) fn in_currency(self, currency: Currency) -> Leg {
        Leg {
            id: self.id,
            intent: self.intent_id,
            position: self.position,
            method: self.method,
            provider: self.provider,
            share: Money::new(self.share_minor, currency),
            state: self.state,
            provider_ref: self.provider_ref,
            action_url: self.action_url,
            failure_code: self.failure_code,
            captured_minor: self.captured_minor,
            surplus_minor: self.surplus_minor,
            refunded_minor: self.refunded_minor,
            given_up_at: self.given_up_at,
            created_at: self.created_at,
            attempt: self.attempt_id.zip(self.request_id).map(|(id, request)| LegAttempt { id, request }),
        }
    }
}

/// The columns of legs that `save_payment.sql` updates.
#[derive(Default)]
pub(super) struct LegColumns {
    pub ids: Vec<Uuid>,
    pub states: Vec<String>,
    pub provider_refs: Vec<Option<String>>,
    pub action_urls: Vec<Option<String>>,
    pub failure_codes: Vec<Option<String>>,
    pub given_up_ats: Vec<Option<Instant>>,
}

impl LegColumns {
    pub(super) fn of<'leg>(legs: impl Iterator<Item = &'leg Leg>) -> Self {
        let mut columns = Self::default();
        for leg in legs {
            columns.ids.push(leg.id.0);
            columns.states.push(leg.state.as_str().to_owned());
            columns.provider_refs.push(leg.provider_ref.clone());
            columns.action_urls.push(leg.action_url.clone());
            columns.failure_codes.push(leg.failure_code.clone());
            columns.given_up_ats.push(leg.given_up_at);
        }
        columns
    }
}

/// Opens a leg, with its intent and its fact if the intent is new. What is paid for has at most
/// one open intent, and an intent at most one open leg of a method that requires it.
pub(crate) async fn open(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    leg: &Leg,
    new: Option<(&Intent, &PaymentEvent)>,
) -> Result<(), PaymentsError> {
    let (intent, event) = new.unzip();
    let facts = FactColumns::of(chance, now, event)?;
    let opened = sqlx::query_file!(
        "sql/open_leg.sql",
        now,
        leg.id.0,
        leg.intent.0,
        leg.position,
        leg.method as _,
        leg.provider,
        leg.share.amount_minor,
        leg.state as _,
        leg.provider_ref,
        leg.attempt.map(|attempt| attempt.id),
        leg.attempt.map(|attempt| attempt.request),
        intent.map(|intent| intent.id.0),
        intent.map(|intent| intent.paid_for.kind()),
        intent.map(|intent| intent.paid_for.id()),
        intent.map(|intent| intent.customer.0),
        intent.map(|intent| intent.due.amount_minor),
        intent.map(|intent| intent.due.currency.code()),
        intent.map(|intent| intent.state) as _,
        intent.map(|intent| intent.pay_by),
        intent.map(|intent| intent.settle_by),
        &facts.ids,
        &facts.topics,
        &facts.versions,
        &facts.subjects,
        &facts.payloads as _
    );
    match opened.fetch_one(&mut **tx).await {
        Err(sqlx::Error::Database(error))
            if matches!(error.constraint(), Some("payment_legs_one_open" | "payment_intents_one_live")) =>
        {
            Err(PaymentsError::AlreadyPaying)
        }
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("payment_legs_attempt") => {
            Err(PaymentsError::AttemptUsed)
        }
        done => Ok(done.map(drop)?),
    }
}

/// Takes the attempts off the legs from before `before`.
pub(crate) async fn forget_attempts(tx: &mut Tx, before: Instant) -> Result<(), PaymentsError> {
    let forgotten = sqlx::query!(
        "UPDATE payment_legs SET attempt_id = NULL, request_id = NULL WHERE attempt_id IS NOT NULL AND created_at < $1",
        before
    );
    Ok(forgotten.execute(&mut **tx).await.map(drop)?)
}
