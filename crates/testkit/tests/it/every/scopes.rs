//! Every entry point × every scope of an API key, from the registry alone.

use access::{Entry, Guard, Policy, Surface};
use kernel::Scope;
use serde_json::Value;
use testkit::{TestCaller, TestResponse, TestSite};

use crate::steps::keys::make;
use crate::steps::objects::{self, Objects};
use crate::steps::passwords::give_password;

#[tokio::test]
async fn a_key_does_what_its_scopes_name_at_every_entry_point() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let mut faults = Vec::new();
    let entries = || access::all().filter(|entry| entry.surface == Surface::Api && entry.policy != Policy::Public);
    for scope in Scope::ALL {
        let key = make(customer, scope.as_str(), &[scope]).await;
        for entry in entries() {
            let answer = ask(customer, &key, entry, &Objects::missing_path(entry)).await;
            let expected = match entry.scope {
                None => "session_required",
                Some(needed) if needed != scope => "scope_required",
                Some(_) => "",
            };
            let refusal = answer.code();
            let refusal = if answer.status == 403 { refusal.as_str() } else { "" };
            if refusal != expected || answer.status >= 500 {
                faults.push(format!(
                    "{} {} with {}: {}",
                    entry.method.as_str(),
                    entry.path,
                    scope.as_str(),
                    answer.text()
                ));
            }
        }
    }
    site.jobs_may_be_left();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(entries().any(|entry| entry.guard == Guard::ApiKey && entry.scope.is_none()), "keys make no keys");
}

async fn ask(caller: &TestCaller, key: &Value, entry: &Entry, path: &str) -> TestResponse {
    let header = format!("Bearer {}", key["key"].as_str().expect("a key"));
    let headers = [("authorization", header.as_str()), ("sec-fetch-site", "cross-site")];
    caller.call(entry.method.as_str(), path, objects::body(entry).as_ref(), &headers).await
}
