//! An unfinished booking, kept in cookies until it is placed.

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entry::{cookie, cookies};
use http::HeaderMap;
use kernel::OfferingId;
use serde::{Deserialize, Serialize};

/// The number of cookies: each holds 4,096 bytes, and the longest brief in the widest letters needs three.
const COOKIES: [&str; 3] = ["__Host-stagedoor-draft", "__Host-stagedoor-draft-2", "__Host-stagedoor-draft-3"];
const COOKIE_BYTES_MAX: usize = 3_900;
const DAY_S: i64 = 24 * 60 * 60;

/// What was chosen and written so far.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Draft {
    pub offering: OfferingId,
    pub brief: String,
}

impl Draft {
    /// The draft for `offering`, if the visitor has one.
    pub(crate) fn of(headers: &HeaderMap, offering: OfferingId) -> Option<Self> {
        let text: String = COOKIES.iter().map_while(|name| cookie(headers, name)).collect();
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        serde_json::from_slice::<Self>(&bytes).ok().filter(|draft| draft.offering == offering)
    }

    /// The same answer, keeping the draft for a day.
    pub(crate) fn keep(&self, answer: impl IntoResponse) -> Response {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a draft is plain data"));
        let mut rest = text.as_str();
        COOKIES.iter().fold(answer.into_response(), |answer, name| {
            let (part, after) = rest.split_at(rest.len().min(COOKIE_BYTES_MAX));
            rest = after;
            // Clears parts that a longer draft had used.
            if part.is_empty() { cookies::forget(answer, name) } else { cookies::keep(answer, name, part, DAY_S) }
        })
    }
}

/// The same answer, forgetting any draft.
pub(crate) fn forget(answer: impl IntoResponse) -> Response {
    COOKIES.iter().fold(answer.into_response(), |answer, name| cookies::forget(answer, name))
}

#[cfg(test)]
mod tests {
    use bookings::commands::check_brief;
    use http::header;

    use super::*;

    /// What the browser sends after this answer.
    fn sent(answer: &Response) -> HeaderMap {
        let set = answer.headers().get_all(header::SET_COOKIE).into_iter().map(|set| set.to_str().unwrap());
        let kept = set.filter(|set| !set.contains("Max-Age=0"));
        let mut headers = HeaderMap::new();
        for set in kept {
            let cookie = set.split(';').next().unwrap();
            assert!(cookie.len() <= 4_096 && set.ends_with("Secure; HttpOnly; SameSite=Lax"), "{set}");
            headers.append(header::COOKIE, cookie.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_draft_survives_a_visit_and_belongs_to_one_offering() {
        let offering = OfferingId(uuid::Uuid::from_u128(7));
        let answer = Draft { offering, brief: "Zwölf Gäste, ein Klavier".to_owned() }.keep(());
        let headers = sent(&answer);
        assert_eq!(Draft::of(&headers, offering).unwrap().brief, "Zwölf Gäste, ein Klavier");
        assert!(Draft::of(&headers, OfferingId(uuid::Uuid::nil())).is_none());
    }

    #[test]
    fn the_longest_brief_fits_in_any_letters() {
        let offering = OfferingId(uuid::Uuid::from_u128(7));
        for letter in ["a", "\"", "神", "🎤", "\n\"", "\\"] {
            let brief = check_brief(&format!("A{}Z", letter.repeat(1_998 / letter.chars().count()))).expect("it fits");
            let headers = sent(&Draft { offering, brief: brief.clone() }.keep(()));
            assert_eq!(Draft::of(&headers, offering).unwrap().brief, brief, "{letter:?}");
        }
    }
}
