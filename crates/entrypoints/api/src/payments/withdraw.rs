//! `DELETE /api/payments/{id}/legs/{leg}`

use axum::extract::State;
use entry::{Answer, Json, Path, ProblemDocument, SignedIn, Site};
use kernel::{IntentId, LegId};
use workflows::payment;

use super::views::PaymentView;

/// Takes a gift card or credit back that is set aside and not taken yet. To pay another amount of it, apply it again.
#[utoipa::path(delete, path = "/api/payments/{id}/legs/{leg}", operation_id = "withdraw_payment_leg", tag = "payments",
    params(("id" = IntentId, Path, description = "The payment"), ("leg" = LegId, Path, description = "Its leg")),
    responses((status = 200, body = PaymentView, description = "How the payment stands now"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`not_held` or `already_paying`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path((id, leg)): Path<(IntentId, LegId)>,
) -> Answer<Json<PaymentView>> {
    Ok(Json(payment::withdraw(&site, &caller, id, leg).await?.into()))
}
