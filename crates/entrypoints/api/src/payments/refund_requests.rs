//! `GET /api/refund-requests` and one of them

use ::payments::{PaidFor, RefundRequest, RefundRequestState, refund_requests};
use axum::extract::State;
use chrono::{DateTime, Utc};
use entry::{Answer, Json, Path, Query, Site};
use kernel::{BookingId, GiftCardOrderId, IntentId, Money, Page, PersonId, RefundRequestId};
use overviews::unspent::RefundCover;
use serde::{Deserialize, Serialize};
use workflows::payment::covers;

use crate::input;

/// Which requests, and which part of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RequestsQuery {
    /// Those in this state alone.
    state: Option<RefundRequestState>,
    /// Those of this booking alone.
    booking_id: Option<BookingId>,
    /// Those of this purchase of a gift card alone.
    gift_card_order_id: Option<GiftCardOrderId>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// A refund beyond the policy that one of our staff asked for.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundRequestView {
    pub id: RefundRequestId,
    pub booking_id: Option<BookingId>,
    /// The purchase, where it is about a gift card.
    pub gift_card_order_id: Option<GiftCardOrderId>,
    pub payment_id: IntentId,
    pub amount: Money,
    /// For our staff.
    pub reason: String,
    pub state: RefundRequestState,
    pub asked_by: PersonId,
    pub asked_at: DateTime<Utc>,
    /// Who approved or declined it.
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<DateTime<Utc>>,
    /// Where it would come from if it were approved now, while nobody has decided.
    pub cover: Option<RefundCoverView>,
}

/// Where a refund comes from.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct RefundCoverView {
    /// What is unspent on bought cards and nobody else's.
    pub from_cards: Money,
    /// What is unspent of the credit that such cards became.
    pub from_credit: Money,
    /// What is spent, or somebody else's, or was earned by a celebrity.
    pub at_our_cost: Money,
}

impl From<RefundRequest> for RefundRequestView {
    fn from(request: RefundRequest) -> Self {
        Self {
            id: request.id,
            booking_id: request.paid_for.booking(),
            gift_card_order_id: request.paid_for.order(),
            payment_id: request.intent,
            amount: request.amount,
            reason: request.reason,
            state: request.state,
            asked_by: request.asked_by,
            asked_at: request.asked_at,
            decided_by: request.decided_by,
            decided_at: request.decided_at,
            cover: None,
        }
    }
}

impl RefundRequestView {
    /// Says where it comes from.
    pub(super) fn with_cover(self, cover: Option<&RefundCover>) -> Self {
        let money = |minor| Money::new(minor, self.amount.currency);
        let cover = cover.map(|cover| RefundCoverView {
            from_cards: money(cover.cards_minor),
            from_credit: money(cover.credit_minor),
            at_our_cost: money(cover.our_cost_minor),
        });
        Self { cover, ..self }
    }
}

/// Refunds beyond the policy that were asked for, with who asked and who decided; newest first.
#[utoipa::path(get, path = "/api/refund-requests", operation_id = "list_refund_requests", tag = "payments",
    params(RequestsQuery), responses((status = 200, body = Page<RefundRequestView>)))]
pub(super) async fn list(
    State(site): State<Site>,
    Query(query): Query<RequestsQuery>,
) -> Answer<Json<Page<RefundRequestView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let about = query.booking_id.map(PaidFor::from).or(query.gift_card_order_id.map(PaidFor::from));
    let of = refund_requests::RequestsOf { state: query.state, about };
    let mut connection = site.database.acquire().await?;
    let requests = refund_requests::list(&mut connection, of, &page).await?;
    let covers = covers(&mut connection, &requests.items, site.clock.now()).await?;
    let view = |request: RefundRequest| {
        let cover = covers.get(&request.id);
        RefundRequestView::from(request).with_cover(cover)
    };
    Ok(Json(requests.map(view)))
}

/// One of them.
#[utoipa::path(get, path = "/api/refund-requests/{id}", operation_id = "get_refund_request", tag = "payments",
    params(("id" = RefundRequestId, Path, description = "The request")),
    responses((status = 200, body = RefundRequestView)))]
pub(super) async fn show(State(site): State<Site>, Path(id): Path<RefundRequestId>) -> Answer<Json<RefundRequestView>> {
    let mut connection = site.database.acquire().await?;
    let request = refund_requests::request(&mut connection, id).await?;
    let covers = covers(&mut connection, std::slice::from_ref(&request), site.clock.now()).await?;
    Ok(Json(RefundRequestView::from(request).with_cover(covers.get(&id))))
}
