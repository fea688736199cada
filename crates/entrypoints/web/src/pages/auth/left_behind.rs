//! What a session leaves in the browser, and how it is cleared when the session is over: on signing out, and with the first answer after it
//! ended in another way. On a shared machine the next user must not see it.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use entry::{SESSION_COOKIE, SessionOver, cookies};
use http::{HeaderValue, header};

use super::{code, way_back};
use crate::pages::book::draft;
use crate::pages::gift_cards::claim;

/// The same answer, clearing cookies that say something about whoever was signed in, and what the browser stored and cached. What stays is
/// the theme, the time zone, and the sign that this is a known device, which names nobody.
pub(crate) fn clear(answer: Response) -> Response {
    let answer = draft::forget(way_back::forget(code::forget(cookies::forget(answer, SESSION_COOKIE))));
    let mut answer = claim::forget(answer);
    answer.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    answer
}

/// The middleware that clears after a session that has ended, unless the answer opens a new one.
pub(crate) async fn clear_after_session(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.extensions().get::<SessionOver>().is_none() || opens_session(&response) {
        return response;
    }
    clear(response)
}

fn opens_session(response: &Response) -> bool {
    let set = response.headers().get_all(header::SET_COOKIE);
    set.iter().filter_map(|set| set.to_str().ok()?.split_once('=')).any(|(name, _)| name == SESSION_COOKIE)
}
