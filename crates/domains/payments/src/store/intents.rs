//! Intents: read and locked with their legs, receipts and refunds in one statement.

use database::{Connection, Tx};
use kernel::{Currency, Instant, IntentId, LegId, Money, PersonId, RefundId};
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;

use super::chargebacks::StoredLegChargeback;
use super::legs::StoredLeg;
use super::receipts::StoredReceipt;
use super::refunds::StoredRefund;
use crate::{Intent, IntentState, PaidFor, Payment, PaymentsError};

/// What identifies the payment.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sought<'caller> {
    Intent(IntentId),
    /// The open one of a booking or purchase, or the latest.
    PaidFor(PaidFor),
    Leg(LegId),
    Refund(RefundId),
    Reference {
        provider: &'caller str,
        provider_ref: &'caller str,
    },
}

struct StoredIntent {
    id: IntentId,
    subject_kind: String,
    subject_id: Uuid,
    customer_id: PersonId,
    due_minor: i64,
    currency: Currency,
    state: IntentState,
    pay_by: Instant,
    settle_by: Instant,
    created_at: Instant,
    settled_at: Option<Instant>,
    parts: Json<PaymentParts>,
}

/// The result of the SQL function `payment_parts`.
#[derive(Deserialize)]
struct PaymentParts {
    legs: Vec<StoredLeg>,
    receipts: Vec<StoredReceipt>,
    refunds: Vec<StoredRefund>,
    chargebacks: Vec<StoredLegChargeback>,
}

impl TryFrom<StoredIntent> for Payment {
    type Error = PaymentsError;

    fn try_from(row: StoredIntent) -> Result<Self, PaymentsError> {
        let Json(PaymentParts { legs, receipts, refunds, chargebacks }) = row.parts;
        let paid_for = PaidFor::stored(&row.subject_kind, row.subject_id).ok_or(PaymentsError::NotFound)?;
        Ok(Self {
            intent: Intent {
                id: row.id,
                paid_for,
                customer: row.customer_id,
                due: Money::new(row.due_minor, row.currency),
                state: row.state,
                pay_by: row.pay_by,
                settle_by: row.settle_by,
                created_at: row.created_at,
                settled_at: row.settled_at,
            },
            legs: legs.into_iter().map(|leg| leg.in_currency(row.currency)).collect(),
            receipts: receipts.into_iter().map(Into::into).collect(),
            refunds: refunds.into_iter().map(Into::into).collect(),
            chargebacks: chargebacks.into_iter().map(Into::into).collect(),
        })
    }
}

/// Reads a payment.
pub(crate) async fn find(connection: &mut Connection, sought: Sought<'_>) -> Result<Option<Payment>, PaymentsError> {
    Ok(find_some(connection, sought, 1).await?.pop())
}

/// Payments as they stand, the live one first and then the latest.
pub(crate) async fn find_some(
    connection: &mut Connection,
    sought: Sought<'_>,
    count_max: i64,
) -> Result<Vec<Payment>, PaymentsError> {
    let (mut intent, mut subject, mut leg, mut refund, mut reference) = (None, None, None, None, None);
    match sought {
        Sought::Intent(id) => intent = Some(id.0),
        Sought::PaidFor(paid_for) => subject = Some(paid_for.id()),
        Sought::Leg(id) => leg = Some(id.0),
        Sought::Refund(id) => refund = Some(id.0),
        Sought::Reference { provider, provider_ref } => reference = Some((provider, provider_ref)),
    }
    let (provider, provider_ref) = reference.unzip();
    let rows = sqlx::query_file_as!(
        StoredIntent,
        "sql/find_payment.sql",
        intent,
        subject,
        leg,
        refund,
        provider,
        provider_ref,
        IntentState::Open as _,
        count_max
    );
    rows.fetch_all(connection).await?.into_iter().map(Payment::try_from).collect()
}

/// Reads and locks a payment until the transaction ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    id: Option<IntentId>,
    paid_for: Option<PaidFor>,
) -> Result<Option<Payment>, PaymentsError> {
    let row = sqlx::query_file_as!(
        StoredIntent,
        "sql/lock_payment.sql",
        id.map(|id| id.0),
        paid_for.map(PaidFor::id),
        IntentState::Open as _
    );
    row.fetch_optional(&mut **tx).await?.map(Payment::try_from).transpose()
}
