//! `POST /api/bookings/{id}/payments`

use axum::extract::State;
use axum::response::Response;
use entry::{Answer, Once, Path, Problem, ProblemDocument, SignedIn, Site};
use http::StatusCode;
use kernel::{BookingId, Secret};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use workflows::payment::{PayCard, pay};

use super::views::PaymentView;

/// How to pay.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(tag = "method", rename_all = "snake_case", deny_unknown_fields)]
pub enum PaymentInput {
    /// By card, all that is due.
    Card {
        #[serde(deserialize_with = "object")]
        card: CardNumber,
    },
}

/// A card of the sandbox provider.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardNumber {
    /// One of the sandbox's test numbers, such as `4242424242424242`; real card numbers are refused and never kept.
    #[schema(value_type = String, max_length = 32)]
    number: Secret<String>,
}

/// Prefixes the fields of a problem with `card.`, as the input nests them.
fn within_card(mut problem: Problem) -> Problem {
    problem.fields.iter_mut().for_each(|fault| fault.field = format!("card.{}", fault.field));
    problem
}

/// Deserializes from objects only: serde would also take an array as the fields in their order.
fn object<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<T, D::Error> {
    let fields = serde_json::Map::deserialize(deserializer)?;
    T::deserialize(serde_json::Value::Object(fields)).map_err(serde::de::Error::custom)
}

/// Pays what is due. In the answer a leg is `captured`, `failed`,
/// waiting for the payer at its `action_url`, or without a result yet.
#[utoipa::path(post, path = "/api/bookings/{id}/payments", operation_id = "pay_booking", tag = "payments", request_body = PaymentInput,
    params(("id" = BookingId, Path, description = "The booking"),
        ("Idempotency-Key" = String, Header, description = "A fresh value for each new try")),
    responses((status = 200, body = PaymentView, description = "How the payment stands"),
        (status = 409, body = ProblemDocument, content_type = "application/problem+json",
            description = "`already_paid`, `already_paying`, `hold_lapsed`, `provider_not_configured` or `booking_state`")))]
pub(super) async fn handle(
    State(site): State<Site>,
    SignedIn(caller): SignedIn,
    Path(id): Path<BookingId>,
    once: Once<PaymentInput>,
) -> Answer<Response> {
    // A charge cannot be rolled back, so the kept answer is looked up before, not after, the effect. If we crash in between, the retry
    // finds the charge at the provider by the leg's own key.
    let mut connection = site.database.acquire().await?;
    if let Some(answer) = once.replay(&mut connection).await? {
        return Ok(answer);
    }
    drop(connection);
    let PaymentInput::Card { card } = &once.input;
    let paid = pay(&site, &caller, id, PayCard { number: card.number.clone() }).await;
    let payment = paid.map_err(|error| within_card(error.into()))?;
    let tx = site.database.begin().await?;
    once.finish(tx, site.clock.now(), StatusCode::OK, Ok(PaymentView::from(payment))).await
}
