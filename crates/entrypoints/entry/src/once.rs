//! Idempotent calls: key and answer are stored in the transaction of the effect.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use database::idempotency::{self, CallAttempt, FirstCallRuns, Found};
use database::{Connection, Database, Tx};
use http::{HeaderValue, StatusCode, header};
use kernel::{FaultKind, Instant};
use serde::{Serialize, de::DeserializeOwned};
use site::RunningCall;

use crate::extract::{body_bytes, from_json};
use crate::{Answer, Problem, SignedIn, Site};

/// Says that an answer is that of an earlier try.
pub(crate) const REPLAYED: &str = "idempotency-replayed";

/// How long a call waits for an earlier one with its key. Shorter than anything waits for a lock, so that it is told what it waits for.
const FIRST_CALL_MAX: Duration = Duration::from_secs(2);

/// The input of a call that carries an `Idempotency-Key`.
///
/// The key is not looked up before the effect, because retries are rare and may cost
/// more. Exception: a call with an effect outside of our database calls `replay` first.
#[derive(Debug)]
pub struct Once<Input> {
    pub input: Input,
    pub attempt: CallAttempt,
    /// No other call with the key runs on this server meanwhile.
    _running: RunningCall,
}

impl<Input> Once<Input> {
    /// The answer of an earlier try, if there was one.
    pub async fn replay(&self, connection: &mut Connection) -> Answer<Option<Response>> {
        match idempotency::find(connection, &self.attempt).await? {
            Found::Nothing => Ok(None),
            Found::Replay { status, body } => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                let mut response = json_response(status, body);
                response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
                Ok(Some(response))
            }
            Found::Mismatch => Err(Problem::new(
                FaultKind::Invalid,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Send a fresh key with a new request.",
            )),
        }
    }

    /// Ends the transaction of an effect: keeps the answer beside it and commits, or, when an earlier try was finished,
    /// rolls this one back and returns its answer. A refusal is not kept, so that it can be tried again.
    pub async fn finish(
        &self,
        mut tx: Tx,
        now: Instant,
        status: StatusCode,
        outcome: Answer<impl Serialize>,
    ) -> Answer<Response> {
        let problem = match outcome {
            Ok(answer) => {
                let body = serde_json::to_vec(&answer).expect("answers are plain data");
                if idempotency::keep(&mut tx, &self.attempt, status.as_u16(), &body, now).await? {
                    tx.commit().await?;
                    return Ok(json_response(status, body));
                }
                lapsed()
            }
            Err(problem) => problem,
        };
        self.replay_or(&mut tx, problem).await
    }

    /// The answer that the effect has stored itself, or the earlier answer if an earlier attempt was finished.
    pub async fn answer(&self, database: &Database, status: StatusCode, outcome: Answer<Vec<u8>>) -> Answer<Response> {
        match outcome {
            Ok(body) => Ok(json_response(status, body)),
            Err(problem) => self.replay_or(&mut *database.acquire().await?, problem).await,
        }
    }

    async fn replay_or(&self, connection: &mut Connection, problem: Problem) -> Answer<Response> {
        // When the database itself failed, there is nothing to look up.
        if problem.status.is_server_error() {
            return Err(problem);
        }
        self.replay(connection).await?.ok_or(problem)
    }
}

fn json_response(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// The earlier answer was cleaned up between the conflict and the look-up.
fn lapsed() -> Problem {
    Problem::new(
        FaultKind::Conflict,
        "idempotency_key_lapsed",
        "This Idempotency-Key is from a day ago. Send a fresh key with a new request.",
    )
}

impl<Input: DeserializeOwned + Send> FromRequest<Site> for Once<Input> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Answer<Self> {
        let key = key_of(&request)?;
        let SignedIn(caller) = SignedIn::of(request.extensions())?;
        let route = format!("{} {}", request.method(), request.uri().path());
        let bytes = body_bytes(request).await?;
        let attempt = CallAttempt { actor_id: caller.id.0, route, key, request_hash: site.keys.fingerprint(&bytes) };
        let input = from_json(&bytes)?;
        let running = site.running_calls.begin(attempt.id(), FIRST_CALL_MAX).await;
        Ok(Self { input, attempt, _running: running.ok_or(FirstCallRuns)? })
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
        return Ok(key.to_owned());
    }
    let detail = "This Idempotency-Key does not fit: it should have 1 to 255 visible ASCII characters.";
    Err(Problem::new(FaultKind::Invalid, "invalid_idempotency_key", detail).with_status(StatusCode::BAD_REQUEST))
}
