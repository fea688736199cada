//! Calls that may be retried without harm: the key and the answer live in the transaction of the effect.

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use database::Tx;
use database::idempotency::{self, Attempt, Begun};
use http::{HeaderValue, StatusCode, header};
use kernel::{FaultKind, Instant, secret::sha256};
use serde::{Serialize, de::DeserializeOwned};

use crate::extract::{body_bytes, from_json};
use crate::{Answer, Problem, SignedIn};

/// The input of a call that carries an `Idempotency-Key`.
///
/// Use: `replay` first, then the effect, then `keep`, then commit, all in one transaction.
#[derive(Debug)]
pub struct Once<Input> {
    pub input: Input,
    attempt: Attempt,
}

impl<Input> Once<Input> {
    /// The answer of an earlier try, if there was one.
    pub async fn replay(&self, tx: &mut Tx) -> Answer<Option<Response>> {
        match idempotency::begin(tx, &self.attempt).await? {
            Begun::Fresh => Ok(None),
            Begun::Replay { status, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                let mut response = json_response(status, body);
                response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
                Ok(Some(response))
            }
            Begun::Mismatch => Err(Problem::new(
                FaultKind::Invalid,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Send a fresh key with a new request.",
            )),
            Begun::InFlight => Err(in_flight()),
        }
    }

    /// Keeps the answer beside its effect and returns it.
    pub async fn keep(
        &self,
        tx: &mut Tx,
        status: StatusCode,
        answer: &impl Serialize,
        now: Instant,
    ) -> Answer<Response> {
        let body = serde_json::to_vec(answer).expect("answers are plain data");
        if !idempotency::keep(tx, &self.attempt, status.as_u16(), &body, now).await? {
            return Err(in_flight());
        }
        Ok(json_response(status, body))
    }
}

fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn in_flight() -> Problem {
    Problem::new(
        FaultKind::Conflict,
        "idempotency_in_flight",
        "The first try with this Idempotency-Key is still running. Try again in a second.",
    )
    .with_retry_after(1)
}

impl<S: Send + Sync, Input: DeserializeOwned> FromRequest<S> for Once<Input> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Answer<Self> {
        let key = key_of(&request)?;
        let SignedIn(caller) = SignedIn::of(request.extensions())?;
        let route = format!("{} {}", request.method(), request.uri().path());
        let bytes = body_bytes(request).await?;
        let attempt = Attempt { actor_id: caller.id.0, route, key, request_hash: sha256(&bytes) };
        Ok(Self { input: from_json(&bytes)?, attempt })
    }
}

/// The key: 1 to 255 visible ASCII characters, chosen by the caller before the first try.
fn key_of(request: &Request) -> Answer<String> {
    let missing = || {
        let detail = "Send an Idempotency-Key header: a fresh random value for each new attempt, the same one for a retry (1 to 255 visible ASCII characters).";
        Problem::new(FaultKind::Invalid, "idempotency_key_required", detail).with_status(StatusCode::BAD_REQUEST)
    };
    let key = request.headers().get("idempotency-key").and_then(|key| key.to_str().ok()).ok_or_else(missing)?;
    if (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(key.to_owned())
    } else {
        Err(missing())
    }
}
