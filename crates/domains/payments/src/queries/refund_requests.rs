//! Reads of refunds that our staff ask for.

use chrono::{DateTime, Utc};
use database::Connection;
use kernel::{Currency, Dated, Instant, IntentId, Money, Page, PageRequest, PersonId, RefundRequestId};
use uuid::Uuid;

use crate::refund_request::{RefundRequest, RefundRequestState};
use crate::{PaidFor, PaymentsError};

/// Which requests to list.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestsOf {
    pub state: Option<RefundRequestState>,
    /// Those about this booking or purchase alone.
    pub about: Option<PaidFor>,
}

struct StoredRequest {
    id: RefundRequestId,
    intent_id: IntentId,
    subject_kind: String,
    subject_id: Uuid,
    amount_minor: i64,
    currency: Currency,
    reason: String,
    state: RefundRequestState,
    asked_by: PersonId,
    asked_at: DateTime<Utc>,
    decided_by: Option<PersonId>,
    decided_at: Option<DateTime<Utc>>,
}

impl TryFrom<StoredRequest> for RefundRequest {
    type Error = PaymentsError;

    fn try_from(row: StoredRequest) -> Result<Self, PaymentsError> {
        Ok(Self {
            id: row.id,
            intent: row.intent_id,
            paid_for: PaidFor::stored(&row.subject_kind, row.subject_id).ok_or(PaymentsError::NotFound)?,
            amount: Money::new(row.amount_minor, row.currency),
            reason: row.reason,
            state: row.state,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        })
    }
}

/// One request.
pub async fn request(connection: &mut Connection, id: RefundRequestId) -> Result<RefundRequest, PaymentsError> {
    let found = find(connection, Some(id), RequestsOf::default(), None, 1).await?;
    found.into_iter().next().ok_or(PaymentsError::NotFound)
}

/// A page of requests, newest first.
pub async fn list(
    connection: &mut Connection,
    of: RequestsOf,
    page: &PageRequest,
) -> Result<Page<RefundRequest>, PaymentsError> {
    let after: Option<(Dated<Instant>, RefundRequestId)> = match &page.cursor {
        Some(cursor) => Some(cursor.decode().map_err(|_| PaymentsError::BadCursor)?),
        None => None,
    };
    let after = after.map(|(at, id)| (at.get(), id));
    let found = find(connection, None, of, after, i64::from(page.limit) + 1).await?;
    Ok(Page::from_rows(found, page.limit, |request| (request.asked_at, request.id)))
}

async fn find(
    connection: &mut Connection,
    id: Option<RefundRequestId>,
    of: RequestsOf,
    after: Option<(Instant, RefundRequestId)>,
    count_max: i64,
) -> Result<Vec<RefundRequest>, PaymentsError> {
    let rows = sqlx::query_file_as!(
        StoredRequest,
        "sql/list_refund_requests.sql",
        id.map(|id| id.0),
        of.state.map(RefundRequestState::as_str),
        of.about.map(PaidFor::id),
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.0),
        count_max
    );
    rows.fetch_all(connection).await?.into_iter().map(RefundRequest::try_from).collect()
}
