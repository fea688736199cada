//! Writes of payments.

pub(crate) mod chargebacks;
pub(crate) mod intents;
pub(crate) mod legs;
pub(crate) mod receipts;
pub(crate) mod refund_requests;
pub(crate) mod refunds;

use database::Tx;
use database::facts::FactColumns;
use kernel::{Chance, Instant};
use uuid::Uuid;

use self::legs::LegColumns;
use self::receipts::ReceiptColumns;
use self::refunds::RefundColumns;
use crate::{PaymentChanges, PaymentsError, RefundState};

/// Saves the changes of a locked payment and their facts with one statement, which also adds the new
/// receipts and refunds to the sums of their legs, and takes refunds that were stopped off them. A constraint
/// keeps refunds within what was captured.
pub(crate) async fn save(
    tx: &mut Tx,
    chance: &dyn Chance,
    now: Instant,
    changes: &PaymentChanges,
) -> Result<(), PaymentsError> {
    let intent = &changes.payment().intent;
    let legs = LegColumns::of(changes.payment().legs.iter().filter(|leg| changes.changed_legs.contains(&leg.id)));
    let receipts = ReceiptColumns::of(&changes.receipts);
    let owed = RefundColumns::of(&changes.owed);
    let paid_back: Vec<Uuid> = changes.paid_back.iter().map(|id| id.0).collect();
    let stopped: Vec<Uuid> = changes.stopped.iter().map(|id| id.0).collect();
    let facts = FactColumns::of(chance, now, &changes.events)?;
    let saved = sqlx::query_file!(
        "sql/save_payment.sql",
        now,
        intent.id.0,
        intent.state as _,
        intent.settled_at,
        &legs.ids,
        &legs.states,
        &legs.provider_refs as &[Option<String>],
        &legs.action_urls as &[Option<String>],
        &legs.failure_codes as &[Option<String>],
        &legs.given_up_ats as &[Option<Instant>],
        &receipts.ids,
        &receipts.legs,
        &receipts.providers,
        &receipts.events,
        &receipts.amounts,
        &receipts.surpluses,
        &receipts.currencies,
        &owed.ids,
        &owed.legs,
        &owed.amounts,
        &owed.currencies,
        &owed.reasons,
        &owed.are_surplus,
        RefundState::Pending as _,
        &paid_back,
        RefundState::Succeeded as _,
        &facts.ids,
        &facts.topics,
        &facts.versions,
        &facts.subjects,
        &facts.payloads as _,
        &owed.are_kept,
        &owed.chargebacks as &[Option<Uuid>],
        &stopped,
        RefundState::Failed as _
    );
    match saved.fetch_one(&mut **tx).await {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("payment_legs_refund_within_capture") => {
            Err(PaymentsError::RefundTooLarge)
        }
        done => Ok(done.map(drop)?),
    }
}
