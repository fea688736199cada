//! `GET /api/me/credit`

use ::gift_cards::queries;
use axum::extract::State;
use entry::{Answer, Json, SignedIn, Site};
use kernel::Money;
use serde::Serialize;

/// Credit, by currency.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CreditView {
    /// One for each currency that there is credit in.
    items: Vec<Money>,
    /// Always null: there are few currencies.
    next_cursor: Option<String>,
}

/// Your credit, by currency. It has no last day.
#[utoipa::path(get, path = "/api/me/credit", operation_id = "get_credit", tag = "gift cards",
    responses((status = 200, body = CreditView)))]
pub(super) async fn show(State(site): State<Site>, SignedIn(caller): SignedIn) -> Answer<Json<CreditView>> {
    let items = queries::credit_of(&mut *site.database.acquire().await?, caller.id).await?;
    Ok(Json(CreditView { items, next_cursor: None }))
}
