//! What the access registry adds to an operation of the document: who may call it, and what the guard may answer.

use access::{Entry, Policy, Rate};
use serde_json::{Map, Value, json};

/// What every call with a key may answer beside its own refusals.
const FIRST_CALL_RUNS: &str = "Or `idempotency_key_in_use`, while the first call with this key is still running: ask again as `Retry-After` says.";

/// What decides which input is refused.
struct CallInput {
    has_body: bool,
    has_cursor: bool,
}

impl CallInput {
    fn of(operation: &Map<String, Value>) -> Self {
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let has_cursor = parameters.into_iter().flatten().any(|parameter| parameter["name"] == "cursor");
        Self { has_body: operation.contains_key("requestBody"), has_cursor }
    }
}

/// Completes an operation.
pub(super) fn complete(entry: &Entry, operation: &mut Map<String, Value>) {
    let input = CallInput::of(operation);
    operation.insert("security".into(), security(entry));
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    for (status, description) in guard_answers(entry, &input) {
        if responses.get(status.to_string()).is_none() {
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
    add_headers(entry, responses);
}

/// The credentials that the policy takes. An API key is named with the scope that it needs; where no scope is named, no key will do.
fn security(entry: &Entry) -> Value {
    let mut ways = vec![json!({"bearer": []}), json!({"cookie": []})];
    match (entry.policy, entry.scope) {
        (Policy::Public, _) => ways.insert(0, json!({})),
        (_, Some(scope)) => ways.push(json!({"api_key": [scope.as_str()]})),
        (_, None) => {}
    }
    Value::Array(ways)
}

/// What the guard and the extractors answer when a call does not come through.
fn guard_answers(entry: &Entry, input: &CallInput) -> impl Iterator<Item = (u16, &'static str)> {
    let (is_public, is_unsafe) = (entry.policy == Policy::Public, entry.method.is_unsafe());
    let answers = [
        (400, "The request cannot be read: see `code`.", true),
        (401, "The token is missing or not valid.", true),
        (403, "Known, but not allowed: see `code`.", !is_public || is_unsafe),
        (404, "Not there, or not yours.", entry.path.contains('{')),
        (409, "Not possible as things stand: see `code`.", entry.idempotent),
        (413, "The body is too large; reading takes none.", true),
        (415, "The body is not JSON.", input.has_body),
        (422, "The input needs a correction: see `errors`.", input.has_body || input.has_cursor),
        (429, "Too often: wait as `Retry-After` says.", entry.rate != Rate::None),
        (500, "Our mistake; it is in our log.", true),
        (503, "Not available right now: try again as `Retry-After` says.", true),
    ];
    answers.into_iter().filter(|(.., applies)| *applies).map(|(status, description, _)| (status, description))
}

fn add_headers(entry: &Entry, responses: &mut Value) {
    let wait = json!({"description": "Seconds to wait.", "schema": {"type": "integer"}});
    if let Some(refusal) = responses.get_mut("409").filter(|_| entry.idempotent) {
        let description = refusal["description"].as_str().unwrap_or_default().trim_end_matches('.');
        refusal["description"] = json!(format!("{description}. {FIRST_CALL_RUNS}"));
        refusal["headers"]["Retry-After"] = wait.clone();
    }
    if let Some(refusal) = responses.get_mut("503") {
        refusal["headers"]["Retry-After"] = wait.clone();
    }
    if let Some(refusal) = responses.get_mut("429") {
        refusal["headers"] = json!({
            "Retry-After": wait,
            "RateLimit-Policy": {"description": "The budget: its name, calls (`q`) and seconds (`w`).", "schema": {"type": "string"}},
            "RateLimit": {
                "description": "What is left of it (`r`), and when there is more, in seconds (`t`).",
                "schema": {"type": "string"}
            }
        });
    }
    for status in ["200", "201"] {
        if let Some(response) = responses.get_mut(status).filter(|_| entry.idempotent) {
            response["headers"]["Idempotency-Replayed"] = json!({
                "description": "`true` when this is the answer of an earlier try.",
                "schema": {"type": "string"}
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use access::Guard;
    use kernel::Scope;

    use super::*;

    const SECRET: Policy = Policy::SignedIn;

    fn completed(entry: &Entry, mut operation: Value) -> Value {
        complete(entry, operation.as_object_mut().unwrap());
        operation
    }

    fn statuses(operation: &Value) -> Vec<&str> {
        operation["responses"].as_object().unwrap().keys().map(String::as_str).collect()
    }

    #[test]
    fn the_credentials_are_those_of_the_policy() {
        let (anybody, session, cookie) = (json!({}), json!({"bearer": []}), json!({"cookie": []}));
        let of = |entry: Entry| completed(&entry, json!({}))["security"].clone();
        assert_eq!(of(Entry::get("/api/a", Policy::Public)), json!([anybody, session, cookie]));
        assert_eq!(of(Entry::get("/api/a", SECRET)), json!([session, cookie]));
        let key = json!({"api_key": ["bookings:read"]});
        assert_eq!(of(Entry::get("/api/a", SECRET).scope(Scope::BookingsRead)), json!([session, cookie, key]));
    }

    #[test]
    fn the_answers_are_those_that_the_guard_can_give() {
        let read = completed(&Entry::get("/api/a", Policy::Public), json!({"responses": {"200": {}}}));
        assert_eq!(statuses(&read), ["200", "400", "401", "413", "429", "500", "503"]);
        let own = Entry::get("/api/a/{id}", SECRET).guard(Guard::Booking).rate(Rate::None);
        let own = completed(&own, json!({"responses": {"200": {}}}));
        assert_eq!(statuses(&own), ["200", "400", "401", "403", "404", "413", "500", "503"]);
        let list = json!({"parameters": [{"name": "cursor", "in": "query"}], "responses": {"200": {}}});
        let list = completed(&Entry::get("/api/a", Policy::Public), list);
        assert_eq!(statuses(&list), ["200", "400", "401", "413", "422", "429", "500", "503"]);
        let write = Entry::post("/api/a", Policy::Public).idempotent();
        let write = completed(&write, json!({"requestBody": {}, "responses": {"201": {}}}));
        assert_eq!(statuses(&write), ["201", "400", "401", "403", "409", "413", "415", "422", "429", "500", "503"]);
        assert!(write["responses"]["201"]["headers"]["Idempotency-Replayed"].is_object());
        assert!(write["responses"]["409"]["headers"]["Retry-After"].is_object());
        assert!(write["responses"]["409"]["description"].as_str().unwrap().contains("idempotency_key_in_use"));
        assert!(write["responses"]["503"]["headers"]["Retry-After"].is_object());
    }

    #[test]
    fn what_the_call_itself_says_of_an_answer_stays() {
        let own = json!({"responses": {"404": {"description": "No such profile"}, "200": {"description": ""}}});
        let documented = completed(&Entry::get("/api/a/{id}", SECRET), own);
        assert_eq!(documented["responses"]["404"]["description"], "No such profile");
        assert_eq!(documented["responses"]["200"]["description"], "What was asked for.");
    }
}
