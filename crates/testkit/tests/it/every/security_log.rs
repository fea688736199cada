//! What the log says about signing in: whose account and which network, and nothing else that is personal.

use serde_json::json;
use testkit::{TestCaller, TestSite};

use crate::steps::authenticator::{EMAIL, with_app};
use crate::steps::log::Log;
use crate::steps::passkeys;
use crate::steps::passwords::{PASSWORD, give_password};

/// The lines of a target since the last look, each with the values of `fields`. No line holds what was typed.
fn take<const N: usize>(log: &Log, target: &str, fields: [&str; N]) -> Vec<[String; N]> {
    let lines: Vec<_> =
        log.take().into_iter().filter(|line| ["security", "request"].contains(&&*line["target"])).collect();
    for line in &lines {
        for typed in ["example.org", "not this one", PASSWORD, "000000"] {
            assert!(!line.values().any(|value| value.contains(typed)), "{typed} in {line:?}");
        }
    }
    let of_target = lines.iter().filter(|line| line["target"] == target);
    of_target.map(|line| fields.map(|field| line.get(field).cloned().unwrap_or_default())).collect()
}

async fn log_in(caller: &TestCaller, email: &str, password: &str, code: Option<&str>) {
    caller.post("/api/auth/login", &json!({"email": email, "password": password, "code": code})).await;
}

const FIELDS: [&str; 5] = ["event", "proof", "reason", "account", "network"];

#[tokio::test]
async fn each_proof_names_the_account_and_the_network() {
    let site = TestSite::new().await;
    with_app(&site).await;
    let id = site.cast.customer.id().to_string();
    let thief = site.cast.anonymous.from("2001:db8:1:2::3");
    let log = Log::start();
    let network = "2001:db8:1:2::/64";
    let failed =
        |proof: &str, reason: &str, account: &str| ["proof_failed", proof, reason, account, network].map(str::to_owned);

    log_in(&thief, EMAIL, "not this one", None).await;
    assert_eq!(take(&log, "security", FIELDS), [failed("password", "bad_credentials", &id)]);
    log_in(&thief, "nobody@example.org", "not this one", None).await;
    assert_eq!(take(&log, "security", FIELDS), [failed("password", "bad_credentials", "")]);
    log_in(&thief, EMAIL, PASSWORD, Some("000000")).await;
    let right = ["proof_succeeded", "password", "", &id, network].map(str::to_owned);
    assert_eq!(take(&log, "security", FIELDS), [right, failed("code", "bad_second_factor", &id)]);
    for _ in 0..6 {
        log_in(&thief, EMAIL, "not this one", None).await;
    }
    let lines = take(&log, "security", FIELDS);
    assert_eq!(lines.last(), Some(&failed("password", "too_many_failures", &id)), "{lines:?}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn passkeys_own_passwords_and_changes_are_told_too() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let id = customer.id().to_string();
    give_password(&site, customer).await;
    let log = Log::start();
    let customer = customer.from("192.0.2.9");
    customer.post("/api/me/passkeys/challenge", &json!({"current_password": "not this one"})).await;
    let failed = ["proof_failed", "own_password", "invalid_fields", &id, "192.0.2.9"].map(str::to_owned);
    assert_eq!(take(&log, "security", FIELDS), [failed]);

    let (_, mut device) = passkeys::add(&customer, "Phone", 1).await;
    let lines = take(&log, "security", ["event", "what", "account", "network"]);
    assert_eq!(lines, [["changed", "passkey_added", &id, "192.0.2.9"].map(str::to_owned)]);
    passkeys::log_in(&site, &device.show(&passkeys::question(&site).await)).await;
    let mut back = device;
    back.counter = 0;
    passkeys::log_in(&site, &back.show(&passkeys::question(&site).await)).await;
    let lines = take(&log, "security", ["event", "proof", "reason", "account"]);
    let expected = [["proof_succeeded", "passkey", "", &id], ["proof_failed", "passkey", "bad_passkey", &id]];
    assert_eq!(lines, expected.map(|line| line.map(str::to_owned)));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_refresh_token_that_comes_back_and_a_guessed_code_name_where_they_come_from() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let id = site.cast.customer.id().to_string();
    let sign_in = json!({"email": EMAIL, "password": PASSWORD});
    let first = site.cast.anonymous.post("/api/auth/login", &sign_in).await.json();
    let used = json!({"refresh_token": first["refresh_token"]});
    let second = site.cast.anonymous.post("/api/auth/refresh", &used).await.json();
    let next = json!({"refresh_token": second["refresh_token"]});
    assert_eq!(site.cast.anonymous.post("/api/auth/refresh", &next).await.status, 200);

    let log = Log::start();
    assert_eq!(site.cast.anonymous.from("2001:db8:1:2::3").post("/api/auth/refresh", &used).await.status, 401);
    let reused = ["proof_failed", "refresh_token", "refresh_reuse", &id, "2001:db8:1:2::/64"].map(str::to_owned);
    assert_eq!(take(&log, "security", FIELDS), [reused]);

    let guess = json!({"code": "0000-0000-0000-0000-0000"});
    site.cast.customer.from("192.0.2.9").post("/api/gift-cards/validate", &guess).await;
    let guessed = ["code_opens_nothing", "192.0.2.9"].map(str::to_owned);
    assert_eq!(take(&log, "request", ["code", "network"]), [guessed]);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_refusal_for_who_asks_or_how_often_names_the_network_and_an_answer_does_not() {
    let site = TestSite::new().await;
    let strict = site.cast.anonymous.at(&site.strict_server()).from("192.0.2.7");
    let log = Log::start();
    for _ in 0..4 {
        log_in(&strict, "nobody@example.org", "not this one", None).await;
    }
    strict.get("/api/me").await;
    strict.get("/api/categories").await;
    let lines = take(&log, "request", ["code", "network"]);
    let guess = ["bad_credentials", "192.0.2.7"];
    let expected = [guess, guess, guess, ["too_many_requests", "192.0.2.7"], ["sign_in_first", "192.0.2.7"], ["", ""]];
    assert_eq!(lines, expected.map(|line| line.map(str::to_owned)));
}
