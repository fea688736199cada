//! A booking that is being written, kept in a cookie on the visitor's own device until it is placed.

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, header};
use kernel::OfferingId;
use serde::{Deserialize, Serialize};

use crate::frame::cookie;

const COOKIE: &str = "stagedoor-draft";

/// Bytes of text a draft may hold: a cookie has room for 4,096, and base64 takes a third more.
pub(crate) const BRIEF_BYTES_MAX: usize = 2_400;

/// What was chosen and written so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub offering: OfferingId,
    pub brief: String,
}

impl Draft {
    /// The draft for `offering`, if the visitor has one.
    pub(crate) fn of(headers: &HeaderMap, offering: OfferingId) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie(headers, COOKIE)?).ok()?;
        serde_json::from_slice::<Self>(&bytes).ok().filter(|draft| draft.offering == offering)
    }

    /// The same answer, keeping the draft for a day.
    pub(crate) fn keep(&self, answer: impl IntoResponse) -> Response {
        let value = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a draft is plain data"));
        with_cookie(answer, &format!("{COOKIE}={value}; Path=/book; Max-Age=86400; HttpOnly; SameSite=Lax"))
    }
}

/// The same answer, forgetting any draft.
pub(crate) fn forget(answer: impl IntoResponse) -> Response {
    with_cookie(answer, &format!("{COOKIE}=; Path=/book; Max-Age=0; HttpOnly; SameSite=Lax"))
}

/// The same answer with one more cookie.
pub(crate) fn with_cookie(answer: impl IntoResponse, cookie: &str) -> Response {
    let mut response = answer.into_response();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_survives_a_visit_and_belongs_to_one_offering() {
        let offering = OfferingId(uuid::Uuid::from_u128(7));
        let answer = Draft { offering, brief: "Zwölf Gäste, ein Klavier".to_owned() }.keep(());
        let set = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.parse().unwrap());
        assert_eq!(Draft::of(&headers, offering).unwrap().brief, "Zwölf Gäste, ein Klavier");
        assert!(Draft::of(&headers, OfferingId(uuid::Uuid::nil())).is_none());
    }
}
