//! Parameters that several calls share.

use axum::extract::FromRequestParts;
use entry::{Answer, Problem};
use http::StatusCode;
use http::request::Parts;
use kernel::{Cursor, FaultKind, FieldFault, PageRequest};

/// Default size of a page.
const LIMIT_DEFAULT: u16 = 20;

/// A page of a list.
pub(crate) fn page(limit: Option<u16>, cursor: Option<String>) -> Answer<PageRequest> {
    let limit = limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=PageRequest::LIMIT_MAX).contains(&limit) {
        return Err(fault("limit", "out_of_range", "A page has 1 to 100 items."));
    }
    Ok(PageRequest { limit, cursor: cursor.map(Cursor::from_text) })
}

/// Refuses text that cannot be stored in the database (NUL).
pub(crate) fn text(field: &str, text: String) -> Answer<String> {
    if text.contains('\0') || text.len() > 400 {
        return Err(fault(field, "invalid", "This is too long or holds characters that no text here can have."));
    }
    Ok(text)
}

/// A slug or an id from the path; what cannot be one answers 404.
pub(crate) fn name(name: String) -> Answer<String> {
    if name.contains('\0') || name.len() > 100 { Err(Problem::not_found()) } else { Ok(name) }
}

/// A fault in one parameter.
pub(crate) fn fault(field: &str, code: &str, message: &str) -> Problem {
    Problem::new(FaultKind::Invalid, "invalid_query", format!("{field}: {message}"))
        .with_status(StatusCode::BAD_REQUEST)
        .with_fields(vec![FieldFault::new(field, code, message)])
}

/// Runs an extractor by hand, for handlers that parse a request only when the cache has no answer.
pub(crate) async fn extract<T: FromRequestParts<(), Rejection = Problem>>(parts: &mut Parts) -> Answer<T> {
    T::from_request_parts(parts, &()).await
}

/// Path and query as sent: the key of the cached answer.
pub(crate) fn address(parts: &Parts) -> String {
    parts.uri.path_and_query().map_or_else(String::new, |address| address.as_str().to_owned())
}
