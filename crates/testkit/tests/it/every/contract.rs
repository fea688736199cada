//! The API's document and the guard, compared at every call from the registry: what the document says is answered can be provoked, and who
//! it says may call gets in. That nothing else is answered, each call of each test checks (`crates/testkit/src/contract.rs`).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use access::{Entry, Policy, Rate, Surface};
use axum::Router;
use entry::{Gate, Routes, Throttle, TrustedProxies};
use kernel::Scope;
use serde_json::{Value, json};
use testkit::{TestCaller, TestSite, operation};

use crate::steps::keys::make;
use crate::steps::objects::{self, Objects};
use crate::steps::passwords::give_password;

/// What the guard and the extractors answer before a handler decides anything. Our own mistakes (500) cannot be provoked.
const OF_THE_GUARD: [u16; 8] = [400, 401, 403, 413, 415, 422, 429, 503];
/// More calls than any budget of a minute has.
const CALLS_MAX: usize = 3_000;

fn calls() -> impl Iterator<Item = &'static Entry> {
    access::all().filter(|entry| entry.surface == Surface::Api)
}

/// A server with other limits than those of the other tests.
fn server(site: &TestSite, factor: u32, requests_max: usize) -> Router {
    let throttle = Arc::new(Throttle::new(factor));
    let gate = Gate::new(site.site.clone(), throttle, requests_max, TrustedProxies::default());
    api::routes(Routes::new(gate)).into_router().with_state(site.site.clone())
}

async fn ask(caller: &TestCaller, entry: &Entry, query: &str, body: Option<&Value>, headers: &[(&str, &str)]) -> u16 {
    // What is public exists, so that the answer is about what was sent.
    let path = match entry.path.strip_prefix("/api/celebrities/{celebrity}") {
        Some(rest) => format!("/api/celebrities/ada-quill{rest}"),
        None => Objects::missing_path(entry),
    };
    let path = path + query;
    caller.call(entry.method.as_str(), &path, body, headers).await.status
}

/// What a call cannot do without in its query, which is a currency wherever there is something.
fn needed(entry: &Entry) -> String {
    let parameters = operation(entry)["parameters"].as_array().cloned().unwrap_or_default();
    let needed = parameters.iter().filter(|one| one["in"] == "query" && one["required"] == json!(true));
    needed.filter_map(|one| one["name"].as_str()).map(|name| format!("&{name}=USD")).collect()
}

#[tokio::test]
async fn every_answer_of_the_guard_that_the_document_names_can_be_provoked() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let key = make(customer, "No scope of the call", &[Scope::ProfileRead]).await;
    let other_key = make(customer, "Nor this one", &[Scope::ProfileWrite]).await;
    let overloaded = site.cast.anonymous.at(&server(&site, 1, 0));
    let mut faults = Vec::new();
    for entry in calls() {
        // Some calls end the session.
        let is_for_staff = matches!(entry.policy, Policy::Roles(_));
        let customer = if is_for_staff { &site.cast.admin } else { customer };
        let customer = &customer.signed_in_anew(&site).await;
        let body = objects::body(entry);
        let body = body.as_ref();
        let (large, list) = (json!({"text": "x".repeat(70_000)}), json!([]));
        let wrong_key = if entry.scope == Some(Scope::ProfileRead) { &other_key } else { &key };
        let wrong_key = format!("Bearer {}", wrong_key["key"].as_str().expect("a key"));
        let forged = [("sec-fetch-site", "cross-site")];
        let is_unsafe = entry.method.is_unsafe();
        let answers = [
            ask(customer, entry, "?x=%00", body, &[]).await,
            ask(customer, entry, "", body, &[("authorization", "Bearer nonsense")]).await,
            ask(customer, entry, "", body, &[("authorization", &wrong_key)]).await,
            ask(&customer.by_cookie(), entry, "", body, &forged).await,
            ask(customer, entry, "", Some(&large), &[]).await,
            ask(customer, entry, "", is_unsafe.then_some(&list), &[("content-type", "text/plain")]).await,
            ask(customer, entry, "", is_unsafe.then_some(&list), &[]).await,
            ask(customer, entry, &format!("?cursor=x{}", needed(entry)), body, &[]).await,
            ask(&overloaded, entry, "", body, &[]).await,
        ];
        let mut provoked: BTreeSet<u16> = answers.into_iter().filter(|status| OF_THE_GUARD.contains(status)).collect();
        if entry.rate != Rate::None {
            provoked.insert(429);
        }
        let documented = operation(entry)["responses"].as_object().expect("answers");
        let documented: BTreeSet<u16> = documented.keys().filter_map(|status| status.parse().ok()).collect();
        let expected: BTreeSet<u16> =
            documented.iter().copied().filter(|status| OF_THE_GUARD.contains(status)).collect();
        if provoked != expected || !documented.contains(&500) {
            faults.push(format!(
                "{} {}: documents {expected:?}, answers {provoked:?}",
                entry.method.as_str(),
                entry.path
            ));
        }
    }
    site.jobs_may_be_left();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn every_budget_ends_with_an_answer_that_the_document_names() {
    let site = TestSite::new().await;
    let strict = server(&site, 1, 1_024);
    let rates: HashSet<Rate> = calls().map(|entry| entry.rate).collect();
    for rate in rates {
        // Codes of gift cards are tried by people with an account.
        let (policy, caller) = match rate {
            Rate::GiftCode => (Policy::Verified, site.cast.customer.at(&strict)),
            _ => (Policy::Public, site.cast.anonymous.at(&strict)),
        };
        let of_rate = |entry: &&&Entry| entry.rate == rate && entry.policy == policy;
        let entry = calls().collect::<Vec<_>>().iter().find(of_rate).copied().expect("a call with this budget");
        // Bodies that are valid in form. A refusal for invalid fields gives its token back to some budgets, which would then never end.
        let body = match rate {
            Rate::Register => {
                json!({"email": "zoe@example.org", "display_name": "Zoe", "password": "a lamp above the door", "time_zone": "UTC"})
            }
            Rate::Recovery => json!({"email": "zoe@example.org"}),
            Rate::GiftCode => json!({"code": "7K3M"}),
            _ => json!({}),
        };
        let body = entry.method.is_unsafe().then_some(&body);
        let mut is_spent = false;
        for _ in 0..CALLS_MAX {
            if ask(&caller, entry, "", body, &[]).await == 429 {
                is_spent = true;
                break;
            }
        }
        assert!(is_spent, "{rate:?} has no end");
    }
    assert!(calls().all(|entry| entry.rate != Rate::None && operation(entry)["responses"]["429"].is_object()));
    site.jobs_may_be_left();
}

#[tokio::test]
async fn whom_the_document_lets_call_is_let_in_and_nobody_else() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let key = make(customer, "Every scope", &Scope::ALL).await;
    let key = format!("Bearer {}", key["key"].as_str().expect("a key"));
    let mut faults = Vec::new();
    for entry in calls() {
        let ways = operation(entry)["security"].as_array().expect("ways to call");
        let names = |name: &str| ways.iter().any(|way| way.get(name).is_some());
        let is_open = ways.contains(&json!({}));
        assert_eq!(
            ways.iter().find_map(|way| way["api_key"][0].as_str()),
            entry.scope.map(Scope::as_str),
            "{}",
            entry.path
        );
        let tries = [
            ("nothing", is_open),
            ("a cookie", names("cookie")),
            ("a token", names("bearer")),
            ("an API key", is_open || names("api_key")),
        ];
        for (with, may) in tries {
            // New sessions for each call, because some calls end them.
            let caller = match with {
                "nothing" => site.cast.anonymous.clone(),
                "a cookie" => customer.signed_in_anew(&site).await.by_cookie(),
                _ => customer.signed_in_anew(&site).await,
            };
            let headers = [("authorization", key.as_str())];
            let headers = if with == "an API key" { &headers[..] } else { &[] };
            let path = Objects::missing_path(entry);
            let answer = caller.call(entry.method.as_str(), &path, objects::body(entry).as_ref(), headers).await;
            let is_kept_out = ["sign_in_first", "invalid_token", "session_required", "scope_required"];
            if may == is_kept_out.contains(&answer.code().as_str()) {
                faults.push(format!("{} {} with {with}: {}", entry.method.as_str(), entry.path, answer.text()));
            }
        }
    }
    site.jobs_may_be_left();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Whoever reads of a conflict in the documentation finds a test that provokes it. That a code comes with its status, each call of each
/// test checks.
#[test]
fn every_conflict_that_the_documentation_names_is_provoked_by_a_test() {
    let documented = include_str!("../../../../../docs/status-codes.md");
    let row = documented.lines().find(|line| line.starts_with("| 409 |")).expect("conflicts are documented");
    let column = row.rsplit(" | ").next().unwrap_or_default();
    let codes: Vec<&str> = column.split(", ").filter_map(|part| part.split('`').nth(1)).collect();
    assert!(codes.len() > 20, "{codes:?}");
    let mut tests = String::new();
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it")];
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                tests.push_str(&std::fs::read_to_string(path).expect("it can be read"));
            }
        }
    }
    let missing: Vec<&&str> = codes.iter().filter(|code| !tests.contains(&format!("\"{code}\""))).collect();
    assert!(missing.is_empty(), "no test provokes {missing:?}");
}
