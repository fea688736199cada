//! `GET /api/payments/{id}` and `POST /api/payments/{id}/refresh`

use axum::extract::State;
use entry::{Answer, Json, Path, SignedIn, Site};
use kernel::IntentId;
use workflows::payment;

use super::views::PaymentView;

/// One payment with its legs and refunds.
#[utoipa::path(get, path = "/api/payments/{id}", operation_id = "get_payment", tag = "payments",
    params(("id" = IntentId, Path, description = "The payment")),
    responses((status = 200, body = PaymentView)))]
pub(super) async fn show(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<IntentId>,
) -> Answer<Json<PaymentView>> {
    let mut connection = site.database.acquire().await?;
    Ok(Json(payment::load_visible(&mut connection, &caller, id).await?.into()))
}

/// Asks the provider for the result of the payment now.
#[utoipa::path(post, path = "/api/payments/{id}/refresh", operation_id = "refresh_payment", tag = "payments",
    params(("id" = IntentId, Path, description = "The payment")),
    responses((status = 200, body = PaymentView, description = "How it stands now")))]
pub(super) async fn refresh(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<IntentId>,
) -> Answer<Json<PaymentView>> {
    let mut connection = site.database.acquire().await?;
    payment::load_visible(&mut connection, &caller, id).await?;
    drop(connection);
    Ok(Json(payment::refresh(&site, id).await?.into()))
}
