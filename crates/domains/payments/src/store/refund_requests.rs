//! Writes of refunds that our staff ask for.

use database::Tx;
use kernel::RefundRequestId;

use crate::PaymentsError;
use crate::refund_request::RefundRequest;

/// Inserts a new request.
pub(crate) async fn insert(tx: &mut Tx, request: &RefundRequest) -> Result<(), PaymentsError> {
    let inserted = sqlx::query!(
        "INSERT INTO refund_requests (id, intent_id, amount_minor, currency, reason, state, asked_by, asked_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        request.id.0,
        request.intent.0,
        request.amount.amount_minor,
        request.amount.currency.code(),
        request.reason,
        request.state.as_str(),
        request.asked_by.0,
        request.asked_at
    );
    Ok(inserted.execute(&mut **tx).await.map(drop)?)
}

/// Locks a request until the transaction ends; missing ones are not noticed here.
pub(crate) async fn lock(tx: &mut Tx, id: RefundRequestId) -> Result<(), PaymentsError> {
    let locked = sqlx::query!("SELECT id FROM refund_requests WHERE id = $1 FOR UPDATE", id.0);
    Ok(locked.fetch_optional(&mut **tx).await.map(drop)?)
}

/// Saves what was decided about a locked request.
pub(crate) async fn save(tx: &mut Tx, request: &RefundRequest) -> Result<(), PaymentsError> {
    let saved = sqlx::query!(
        "UPDATE refund_requests SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1",
        request.id.0,
        request.state.as_str(),
        request.decided_by.map(|by| by.0),
        request.decided_at
    );
    match saved.execute(&mut **tx).await {
        Err(sqlx::Error::Database(error)) if error.constraint() == Some("refund_requests_two_people") => {
            Err(PaymentsError::OwnRequest)
        }
        done => Ok(done.map(drop)?),
    }
}
