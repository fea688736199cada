//! Holds every answer of the API that a test gets to the API's own document, and each refusal to the table of codes in the documentation.

mod schema;

use std::sync::LazyLock;

use access::{Entry, Surface};
use serde_json::Value;

use crate::TestResponse;

/// The document that the API publishes.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| api::openapi::document("https://stagedoor.test"));
const CODES: &str = include_str!("../../../docs/status-codes.md");

/// Panics when the document says nothing of such an answer to this call. Addresses without an entry have no document.
pub(crate) fn check(method: &str, path: &str, answer: &TestResponse) {
    let path = path.split('?').next().unwrap_or_default();
    let Some(entry) = entry_at(method, path) else { return };
    let (status, body) = (answer.status.to_string(), answer.text());
    let documented = &operation(entry)["responses"][&status];
    assert!(documented.is_object(), "{method} {path} answers {status}, which its document does not say: {body}");
    if answer.status >= 400 {
        assert!(is_listed(&status, &answer.code()), "{method} {path}: {status} with an unlisted code: {body}");
    }
    let kind = answer.header("content-type");
    let kind = kind.split(';').next().unwrap_or_default();
    let is_kind =
        if answer.body.is_empty() { documented["content"].is_null() } else { documented["content"][kind].is_object() };
    assert!(is_kind, "{method} {path}: {status} as {kind:?}, but the document says {}", documented["content"]);
    if kind.ends_with("json") && !answer.body.is_empty() {
        let fault =
            schema::fault(&documented["content"][kind]["schema"], &answer.parsed().unwrap_or_default(), "the body");
        assert!(fault.is_none(), "{method} {path}: {status}: {}: {body}", fault.unwrap_or_default());
    }
}

/// What the document says about the call of an entry.
pub fn operation(entry: &Entry) -> &'static Value {
    &DOCUMENT["paths"][entry.path][entry.method.as_str().to_ascii_lowercase()]
}

/// The entry of a call; what stands in its path as a word goes before what stands there as a parameter.
fn entry_at(method: &str, path: &str) -> Option<&'static Entry> {
    let calls = access::all().filter(|entry| entry.surface == Surface::Api && entry.method.as_str() == method);
    calls.filter(|entry| entry.fits(path)).min_by_key(|entry| entry.path.matches('{').count())
}

/// Whether the table of the documentation has the code at this status.
fn is_listed(status: &str, code: &str) -> bool {
    CODES.lines().filter(|line| line.starts_with("| ")).any(|line| {
        let mut columns = line.split(" | ");
        let has_status =
            columns.next().is_some_and(|column| column.trim_start_matches("| ").split(", ").any(|one| one == status));
        has_status && columns.last().is_some_and(|codes| codes.contains(&format!("`{code}`")))
    })
}
