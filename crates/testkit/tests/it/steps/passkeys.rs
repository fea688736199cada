//! Passkeys of callers who have a password: added, and shown at the door.

use serde_json::{Value, json};
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::device::Device;
use crate::steps::passwords::PASSWORD;

/// Adds a passkey for somebody who has a password: its id, and the device that holds it.
pub async fn add(caller: &TestCaller, name: &str, number: u8) -> (String, Device) {
    let mut device = Device::new(number);
    let credential = device.make(&question_for_new(caller).await);
    let answer = send(caller, name, &credential).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    (answer.json()["id"].as_str().expect("an id").to_owned(), device)
}

pub async fn question_for_new(caller: &TestCaller) -> Value {
    let answer = caller.post("/api/me/passkeys/challenge", &json!({"current_password": PASSWORD})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["options"].clone()
}

pub async fn send(caller: &TestCaller, name: &str, credential: &Value) -> TestResponse {
    caller.post("/api/me/passkeys", &json!({"name": name, "credential": credential})).await
}

pub async fn question(site: &TestSite) -> Value {
    let answer = site.cast.anonymous.call("POST", "/api/auth/passkeys/challenge", None, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["options"].clone()
}

pub async fn log_in(site: &TestSite, credential: &Value) -> TestResponse {
    site.cast.anonymous.post("/api/auth/passkeys/login", &json!({"credential": credential})).await
}
