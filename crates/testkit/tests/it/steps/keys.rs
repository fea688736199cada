//! API keys of callers who have a password.

use kernel::Scope;
use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse};

use crate::steps::passwords::PASSWORD;

/// Makes a key for a caller who has a password.
pub async fn make(caller: &TestCaller, name: &str, scopes: &[Scope]) -> Value {
    let answer = caller.post("/api/me/api-keys", &wish(name, scopes)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

pub async fn get(caller: &TestCaller, key: &Value, path: &str) -> TestResponse {
    let header = format!("Bearer {}", key["key"].as_str().expect("a key"));
    caller.call("GET", path, None, &[("authorization", &header)]).await
}

pub fn wish(name: &str, scopes: &[Scope]) -> Value {
    json!({"name": name, "scopes": scopes, "current_password": PASSWORD})
}
