//! Extracts submitted forms: parsed strictly, and accepted only from our own pages (CSRF).

use accounts::csrf::Bound;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use entry::{Answer, BODY_TIME_MAX, MaybeSignedIn, Problem, Site, too_slow};
use http::{StatusCode, header};
use kernel::FaultKind;
use serde::de::DeserializeOwned;

/// The largest form; the registry's limit applies as well.
const BYTES_MAX: usize = 64 * 1024;

/// The fields of a form. When somebody is signed in, it must carry the CSRF token of their session.
#[derive(Debug)]
pub(crate) struct Posted<T>(pub T);

/// A form that has only a button.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct NoFields {}

/// The one field that every form has.
#[derive(Debug, serde::Deserialize)]
struct Proof {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned> FromRequest<Site> for Posted<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, site: &Site) -> Answer<Self> {
        let (mut parts, body) = request.into_parts();
        let MaybeSignedIn(caller) = MaybeSignedIn::from_request_parts(&mut parts, site).await?;
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
            return Err(Problem::new(FaultKind::Invalid, "unsupported_media_type", "Send the form from its page.")
                .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
        }
        let read = tokio::time::timeout(BODY_TIME_MAX, to_bytes(body, BYTES_MAX)).await.map_err(|_| too_slow())?;
        let bytes = read.map_err(|_| too_large())?;
        if let Some(caller) = caller {
            let Proof { csrf } = decode(&bytes)?;
            if !accounts::csrf::verify(&site.keys, Bound::Session(caller.session()?), &csrf) {
                return Err(Problem::new(
                    FaultKind::Forbidden,
                    "stale_form",
                    "This form is from an earlier session. Nothing was changed; go back, reload the page and send it again.",
                ));
            }
        }
        decode(&bytes).map(Self)
    }
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Answer<T> {
    serde_urlencoded::from_bytes(bytes)
        .map_err(|error| Problem::new(FaultKind::Invalid, "invalid_form", format!("The form does not fit: {error}.")))
}

fn too_large() -> Problem {
    Problem::new(FaultKind::Invalid, "body_too_large", "That is more than the form takes.")
        .with_status(StatusCode::PAYLOAD_TOO_LARGE)
}
