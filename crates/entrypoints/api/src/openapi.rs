//! The OpenAPI document: paths and schemas from the code, security and common answers from the access registry.

use std::sync::OnceLock;

use access::{Entry, Policy, Rate, Surface};
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::{accounts, bookings, calendars, catalog, operations, payments};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stagedoor",
        version = "1",
        description = "Book a celebrity: find, hold a time, pay, be confirmed. Money is an integer number of minor units with a currency; \
            times are RFC 3339; lists take `limit` and `cursor`; errors are problem+json with a stable `code`. Another person's object \
            answers exactly as a missing one."
    ),
    components(schemas(entry::ProblemDocument))
)]
struct DocumentHead;

/// The document as bytes, made once.
pub fn document_text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| document().to_string())
}

/// The document, completed from the registry.
pub fn document() -> Value {
    let mut frame = DocumentHead::openapi();
    let areas = [
        accounts::AccountsDoc::openapi(),
        catalog::CatalogDoc::openapi(),
        bookings::BookingsDoc::openapi(),
        calendars::CalendarsDoc::openapi(),
        payments::PaymentsDoc::openapi(),
        operations::OperationsDoc::openapi(),
    ];
    for area in areas {
        frame.merge(area);
    }
    let mut document = serde_json::to_value(frame).expect("an OpenAPI document is plain data");
    document["components"]["securitySchemes"] = json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "The access token that `POST /api/auth/login` answers."
        },
        "api_key": {"type": "http", "scheme": "bearer", "bearerFormat": "stagedoor_…", "description": "An API key, made in the account or with `POST /api/me/api-keys`. It may do what its scopes name; where an operation names none, no key will do."},
        "cookie": {"type": "apiKey", "in": "cookie", "name": entry::SESSION_COOKIE, "description": "The browser session of the site."}
    });
    for entry in access::all().filter(|entry| entry.surface == Surface::Api) {
        let method = entry.method.as_str().to_ascii_lowercase();
        if let Some(operation) = document["paths"][entry.path][&method].as_object_mut() {
            complete(entry, operation);
        }
    }
    document
}

/// Adds what the registry knows about an operation: who may call it and what the guard may answer.
fn complete(entry: &Entry, operation: &mut Map<String, Value>) {
    let is_public = entry.policy == Policy::Public;
    let mut security = vec![json!({"bearer": []}), json!({"cookie": []})];
    if is_public {
        security.insert(0, json!({}));
    } else if let Some(scope) = entry.scope {
        security.push(json!({"api_key": [scope.as_str()]}));
    }
    operation.insert("security".into(), json!(security));
    let takes_input = entry.method.is_unsafe() || operation.get("parameters").is_some();
    let answers = [
        (400, "The request cannot be read: see `code`.", true),
        (401, "The token is missing or not valid.", true),
        (403, "Known, but not allowed: see `code`.", !is_public || entry.method.is_unsafe()),
        (404, "Not there, or not yours.", entry.path.contains('{')),
        (409, "Not possible as things stand: see `code`.", entry.idempotent),
        (413, "The body is too large.", entry.method.is_unsafe()),
        (415, "The body is not JSON.", entry.method.is_unsafe()),
        (422, "The input needs a correction: see `errors`.", takes_input),
        (429, "Too often: wait as `Retry-After` says.", entry.rate != Rate::None),
        (500, "Our mistake; it is in our log.", true),
        (503, "Not available right now: try again as `Retry-After` says.", true),
    ];
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    for (status, description, applies) in answers {
        if applies && responses.get(status.to_string()).is_none() {
            responses[status.to_string()] = json!({
                "description": description,
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
            });
        }
    }
    for response in responses.as_object_mut().into_iter().flat_map(|responses| responses.values_mut()) {
        if response["description"].as_str().is_none_or(str::is_empty) {
            response["description"] = json!("What was asked for.");
        }
    }
    if let Some(refusal) = responses.get_mut("429") {
        refusal["headers"] = json!({
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
            "RateLimit-Policy": {"description": "The budget: its name, calls (`q`) and seconds (`w`).", "schema": {"type": "string"}},
            "RateLimit": {
                "description": "What is left of it (`r`), and when there is more, in seconds (`t`).",
                "schema": {"type": "string"}
            }
        });
    }
    if entry.idempotent {
        responses_header(responses);
    }
}

/// A replayed answer says so.
fn responses_header(responses: &mut Value) {
    for status in ["200", "201"] {
        if let Some(response) = responses.get_mut(status) {
            response["headers"]["Idempotency-Replayed"] = json!({
                "description": "`true` when this is the answer of an earlier try.",
                "schema": {"type": "string"}
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_entry_is_documented_and_nothing_else_is() {
        let document = document();
        let mut documented: Vec<String> = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            documented
                .extend(methods.as_object().unwrap().keys().map(|method| format!("{} {path}", method.to_uppercase())));
        }
        let mut registered: Vec<String> = access::all()
            .filter(|entry| entry.surface == Surface::Api)
            .map(|entry| format!("{} {}", entry.method.as_str(), entry.path))
            .collect();
        documented.sort();
        registered.sort();
        assert_eq!(documented, registered);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let mut open = vec![&document];
        while let Some(value) = open.pop() {
            match value {
                Value::Object(members) => open.extend(members.values()),
                Value::Array(items) => open.extend(items),
                Value::String(text) if text.starts_with("#/") => {
                    assert!(document.pointer(&text[1..]).is_some(), "{text} leads nowhere");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_document_is_openapi_3_1() {
        assert!(document()["openapi"].as_str().unwrap().starts_with("3.1"));
    }
}
