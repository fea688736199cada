//! `GET /api/me/credit` and `GET /api/me/credit/history`

use ::gift_cards::queries;
use axum::extract::State;
use chrono::{DateTime, Utc};
use entry::{Answer, Json, Query, SignedIn, Site};
use kernel::{BookingId, Currency, GiftCardId, GiftCardOrderId, Money, Page};
use overviews::credit_history::{self, CreditStep, CreditStepKind};
use serde::{Deserialize, Serialize};

use crate::input;

/// Credit, by currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CreditView {
    /// One for each currency that there is credit in.
    items: Vec<Money>,
    /// Always null: there are few currencies.
    next_cursor: Option<String>,
}

/// Which credit, and which part of its history.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CreditHistoryQuery {
    currency: Currency,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// A step of your credit.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CreditStepView {
    /// Counted from 1, without gaps.
    number: i64,
    /// `held` becomes `spent` when the payment that it is set aside for is completed.
    kind: CreditStepKind,
    /// By how much the balance changed.
    change: Money,
    /// The balance after it.
    balance: Money,
    /// The booking that it paid for, or whose refund it is.
    booking_id: Option<BookingId>,
    /// The card that it came from.
    gift_card_id: Option<GiftCardId>,
    /// The purchase whose payment a bank took back.
    gift_card_order_id: Option<GiftCardOrderId>,
    at: DateTime<Utc>,
}

impl From<CreditStep> for CreditStepView {
    fn from(step: CreditStep) -> Self {
        Self {
            number: step.number,
            kind: step.kind,
            change: step.change,
            balance: step.balance,
            booking_id: step.booking.map(|(id, _)| id),
            gift_card_id: step.card.map(|(id, _)| id),
            gift_card_order_id: step.order,
            at: step.at,
        }
    }
}

/// Your credit, by currency. It has no last day.
#[utoipa::path(get, path = "/api/me/credit", operation_id = "get_credit", tag = "gift cards",
    responses((status = 200, body = CreditView)))]
pub(super) async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<CreditView>> {
    let items = queries::credit_of(&mut *site.database.acquire().await?, caller.id).await?;
    Ok(Json(CreditView { items, next_cursor: None }))
}

/// The steps of your credit in a currency with the balance after each, oldest first.
#[utoipa::path(get, path = "/api/me/credit/history", operation_id = "get_credit_history", tag = "gift cards",
    params(CreditHistoryQuery), responses((status = 200, body = Page<CreditStepView>)))]
pub(super) async fn history(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Query(query): Query<CreditHistoryQuery>,
) -> Answer<Json<Page<CreditStepView>>> {
    let page = input::page(query.limit, query.cursor)?;
    let mut connection = site.database.acquire().await?;
    let steps = credit_history::history(&mut connection, caller.id, query.currency, &page).await?;
    Ok(Json(steps.map(CreditStepView::from)))
}
