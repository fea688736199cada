//! Strict extractors: what does not fit is refused with the field and a sentence.

use std::sync::Arc;
use std::time::Duration;

use accounts::Caller;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::response::IntoResponse;
use bytes::Bytes;
use http::request::Parts;
use http::{Extensions, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::{FaultKind, FieldFault};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::passed::Passed;
use crate::{Answer, Problem};

/// The caller, who has a session. Policies of the registry were checked before the handler ran.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Arc<Caller>);

/// The caller, if there is one.
#[derive(Debug, Clone)]
pub struct MaybeSignedIn(pub Option<Arc<Caller>>);

/// A JSON body, refused with the offending field when it does not fit; also the way to answer with JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

/// The query string.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

/// The parameters of the path. One that cannot be parsed answers 404, like an unknown id.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl SignedIn {
    /// The caller that the guard found.
    pub(crate) fn of(extensions: &Extensions) -> Answer<Self> {
        Passed::of(extensions)?.caller.clone().map(Self).ok_or_else(Problem::sign_in_first)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Self::of(&parts.extensions)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MaybeSignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(Self(Passed::of(&parts.extensions)?.caller.clone()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for crate::ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        Ok(Passed::of(&parts.extensions)?.address)
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Answer<Self> {
        from_json(&body_bytes(request).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> axum::response::Response {
        axum::Json(self.0).into_response()
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Answer<Self> {
        axum::extract::Query::try_from_uri(&parts.uri).map(|axum::extract::Query(query)| Self(query)).map_err(
            |rejection| {
                let message = readable(&rejection.body_text());
                let problem = Problem::new(FaultKind::Invalid, "invalid_query", message.clone() + ".")
                    .with_status(StatusCode::BAD_REQUEST);
                let named = named(&message).map(|field| (field, message.clone()));
                let split = message.split_once(": ").map(|(field, fault)| (field.to_owned(), fault.to_owned()));
                match named.or(split) {
                    Some((field, fault)) => problem.with_fields(vec![FieldFault::new(field, "invalid", fault)]),
                    None => problem,
                }
            },
        )
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Answer<Self> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(path)| Self(path))
            .map_err(|_| Problem::not_found())
    }
}

/// How long a body may take, which leaves time for what it asks.
pub const BODY_TIME_MAX: Duration = Duration::from_secs(5);

/// The refusal of a body that took longer.
pub fn too_slow() -> Problem {
    let detail = format!("The body took longer than {} seconds. Send it again.", BODY_TIME_MAX.as_secs());
    Problem::new(FaultKind::Invalid, "body_too_slow", detail).with_status(StatusCode::BAD_REQUEST)
}

/// The whole body of a JSON request, within the limit of its entry.
pub(crate) async fn body_bytes(request: Request) -> Answer<Bytes> {
    let limit = Passed::of(request.extensions())?.entry.body_limit.0;
    let is_json = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).is_some_and(|kind| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind.eq_ignore_ascii_case("application/json")
    });
    if !is_json {
        let problem = Problem::new(
            FaultKind::Invalid,
            "unsupported_media_type",
            "Send the body as JSON with the header Content-Type: application/json.",
        );
        return Err(problem.with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let Ok(read) = tokio::time::timeout(BODY_TIME_MAX, Limited::new(request.into_body(), limit).collect()).await else {
        return Err(too_slow());
    };
    match read {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        Err(_) => Err(Problem::new(FaultKind::Invalid, "body_cut_short", "The body ended early. Send it again.")
            .with_status(StatusCode::BAD_REQUEST)),
    }
}

pub(crate) fn too_large(limit: usize) -> Problem {
    Problem::new(FaultKind::Invalid, "body_too_large", format!("The body may have at most {limit} bytes."))
        .with_status(StatusCode::PAYLOAD_TOO_LARGE)
}

/// Reads JSON strictly and names the field that does not fit.
pub(crate) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    // serde reads an array as the fields of a struct in their order, which callers must not rely on.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let message = "The body is an array, but should be an object.";
        return Err(Problem::new(FaultKind::Invalid, "invalid_body", message));
    }
    // PostgreSQL cannot store NUL in text; refusing here is clearer than a failed statement.
    if has_nul(bytes) {
        return Err(Problem::new(
            FaultKind::Invalid,
            "invalid_characters",
            "The body holds a NUL character, which no text here can have.",
        ));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let inner = error.inner();
        if inner.is_syntax() || inner.is_eof() {
            return malformed(inner);
        }
        let message = readable(&inner.to_string());
        let field = match error.path().to_string() {
            // For a missing or unknown field the path is that of its parent.
            path if path == "." => named(&message).unwrap_or(path),
            path => path,
        };
        Problem::new(FaultKind::Invalid, "invalid_body", format!("The body does not fit: {message}."))
            .with_fields(vec![FieldFault::new(field, "invalid", message)])
    })?;
    deserializer.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// Whether a string in this JSON holds an escaped NUL; after an escaped backslash the same letters are plain text.
fn has_nul(json: &[u8]) -> bool {
    let mut rest = json;
    while let Some(start) = rest.iter().position(|byte| *byte == b'\\') {
        if rest[start + 1..].starts_with(b"u0000") {
            return true;
        }
        rest = rest.get(start + 2..).unwrap_or_default();
    }
    false
}

fn malformed(error: &serde_json::Error) -> Problem {
    Problem::new(FaultKind::Invalid, "malformed_json", format!("The body is not JSON: {error}."))
        .with_status(StatusCode::BAD_REQUEST)
}

/// The field that a parser names in its sentence: "missing field `email`".
fn named(message: &str) -> Option<String> {
    let said = ["missing field `", "unknown field `", "duplicate field `"];
    let rest = said.iter().find_map(|words| message.strip_prefix(words))?;
    rest.split('`').next().map(str::to_owned)
}

/// Drops serde's position and jargon.
fn readable(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or(message);
    let message = message.strip_prefix("Failed to deserialize query string: ").unwrap_or(message);
    if let Some(start) = message.find("UUID parsing failed") {
        return format!("{}this should be an id, such as 019ac0de-5a1e-7000-8000-000000000000", &message[..start]);
    }
    // Names of our types stay internal.
    let message = match message.split_once("expected struct ") {
        Some((before, _)) => format!("{before}expected an object"),
        None => message.to_owned(),
    };
    PARSERS_WORDS.iter().fold(message, |message, (theirs, ours)| message.replace(theirs, ours))
}

/// Messages of parsers, and what callers are told instead.
const PARSERS_WORDS: [(&str, &str); 14] = [
    ("expected i64", "expected a whole number"),
    ("expected u16", "expected a whole number"),
    ("expected u64", "expected a whole number"),
    ("expected f64", "expected a number"),
    ("input is out of range", "there is no such day or moment"),
    ("trailing input", "this should be a date or a moment, such as 2026-12-24 or 2026-12-24T20:00:00Z"),
    ("cannot parse integer from empty string", "this should be a whole number"),
    ("invalid digit found in string", "this should be a whole number"),
    ("invalid float literal", "this should be a number"),
    ("number too large to fit in target type", "this number is too large"),
    ("number too small to fit in target type", "this number is too small"),
    ("provided string was not `true` or `false`", "this should be `true` or `false`"),
    ("premature end of input", "this should be a date or a moment, such as 2026-12-24 or 2026-12-24T20:00:00Z"),
    (
        "input contains invalid characters",
        "this should be a date or a moment, such as 2026-12-24 or 2026-12-24T20:00:00Z",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        #[expect(dead_code, reason = "it is only read from JSON")]
        email: String,
    }

    #[test]
    fn a_field_of_a_body_that_is_given_twice_is_refused() {
        let refused = from_json::<Input>(br#"{"email": "a@example.org", "email": "b@example.org"}"#).unwrap_err();
        assert_eq!((refused.code, refused.fields[0].field.as_str()), ("invalid_body", "email"));
    }
}
