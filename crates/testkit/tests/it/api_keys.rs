//! Keys for programs: what they may do, and when they end.

use std::borrow::Cow;

use access::{Entry, Guard, Policy, Surface};
use accounts::bulk::CredentialRow;
use chrono::TimeDelta;
use kernel::{Scope, Secret};
use serde_json::{Value, json};
use testkit::{BookingState, TestCaller, TestResponse, TestSite};

use crate::objects::{self, Objects};

pub const PASSWORD: &str = "a lamp above the door";

/// Gives the caller a password; the cast has none.
pub async fn give_password(site: &TestSite, caller: &TestCaller) {
    let site = &site.site;
    let hash = site.hasher.hash(&site.keys, &*site.chance, Secret::new(PASSWORD.to_owned())).await.expect("hashes");
    let row = CredentialRow { person_id: caller.id().0, password_hash: Cow::Owned(hash), changed_at: site.clock.now() };
    let mut tx = site.database.begin().await.expect("begins");
    accounts::bulk::copy_credentials(&mut tx, [row]).await.expect("copies");
    tx.commit().await.expect("commits");
}

fn wish(name: &str, scopes: &[Scope]) -> Value {
    json!({"name": name, "scopes": scopes, "current_password": PASSWORD})
}

/// Makes a key for a caller who has a password.
pub async fn make(caller: &TestCaller, name: &str, scopes: &[Scope]) -> Value {
    let answer = caller.post("/api/me/api-keys", &wish(name, scopes)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn ask(caller: &TestCaller, key: &Value, entry: &Entry, path: &str) -> TestResponse {
    let header = format!("Bearer {}", key["key"].as_str().expect("a key"));
    let headers = [("authorization", header.as_str()), ("sec-fetch-site", "cross-site")];
    caller.call(entry.method.as_str(), path, objects::body(entry).as_ref(), &headers).await
}

async fn get(caller: &TestCaller, key: &Value, path: &str) -> TestResponse {
    let header = format!("Bearer {}", key["key"].as_str().expect("a key"));
    caller.call("GET", path, None, &[("authorization", &header)]).await
}

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

#[tokio::test]
async fn a_key_reads_books_and_opens_no_pages() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let key = make(customer, "Tour planner", &[Scope::BookingsRead, Scope::BookingsWrite]).await;
    assert_eq!(get(customer, &key, "/api/celebrities").await.status, 200);
    assert_eq!(get(customer, &key, "/api/bookings").await.json()["items"], json!([]));
    assert_eq!(get(customer, &key, "/account/sessions").await.status, 403, "a key opens no page");
    let kept = customer.get("/api/me/api-keys").await.json();
    let kept = &kept["items"][0];
    assert_eq!(kept["name"], "Tour planner");
    assert_eq!(kept["key"], Value::Null, "the key is shown once");
    assert!(key["key"].as_str().unwrap().starts_with(kept["hint"].as_str().unwrap()));
    assert_eq!(kept["last_used_at"], json!(site.now()));
    site.run_jobs().await;
    let mails: i64 = sqlx::query_scalar("SELECT count(*) FROM mails WHERE template = 'api_key_created'")
        .fetch_one(site.test_database().database.pool())
        .await
        .unwrap();
    assert_eq!(mails, 1);
}

#[tokio::test]
async fn a_key_ends_with_its_time_its_owner_s_word_and_the_password() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let read = [Scope::BookingsRead];
    let (ended, expired) = (make(customer, "Ended", &read).await, make(customer, "Expired", &read).await);
    let path = format!("/api/me/api-keys/{}", ended["id"].as_str().unwrap());
    assert_eq!(customer.call("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!(get(customer, &ended, "/api/bookings").await.code(), "invalid_api_key");
    assert_eq!(customer.call("DELETE", &path, None, &[]).await.status, 404);

    assert_eq!(get(customer, &expired, "/api/bookings").await.status, 200);
    site.clock.advance(TimeDelta::days(90));
    assert_eq!(get(customer, &expired, "/api/bookings").await.code(), "invalid_api_key");
    assert_eq!(get(customer, &json!({"key": "stagedoor_x"}), "/api/celebrities").await.code(), "invalid_api_key");

    let customer = &customer.signed_in_anew(&site).await;
    let outlived = make(customer, "Outlived", &read).await;
    let change = json!({"current_password": PASSWORD, "new_password": "another lamp, another door"});
    assert_eq!(customer.post("/api/auth/password", &change).await.status, 200);
    assert_eq!(get(customer, &outlived, "/api/bookings").await.code(), "invalid_api_key");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_key_is_made_by_its_owner_alone_once_and_not_without_end() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let read = [Scope::BookingsRead];
    let wrong = json!({"name": "Mine", "scopes": read, "current_password": "not this one"});
    let refused = customer.post("/api/me/api-keys", &wrong).await;
    assert_eq!((refused.status, refused.json()["errors"][0]["field"].clone()), (422, json!("current_password")));
    for (field, value) in [("scopes", json!([])), ("expires_in_days", json!(366)), ("name", json!(" "))] {
        let mut bad = wish("Mine", &read);
        bad[field] = value;
        let refused = customer.post("/api/me/api-keys", &bad).await;
        assert_eq!((refused.status, refused.json()["errors"][0]["field"].clone()), (422, json!(field)));
    }
    make(customer, "Mine", &read).await;
    assert_eq!(customer.post("/api/me/api-keys", &wish("MINE", &read)).await.code(), "key_name_taken");
    for turn in 2..=20 {
        make(customer, &format!("Key {turn}"), &read).await;
    }
    assert_eq!(customer.post("/api/me/api-keys", &wish("One more", &read)).await.code(), "too_many_keys");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_key_for_bookings_sees_no_payment_in_them() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let booking = site.booking(customer, &site.cast.star, 9, BookingState::AWAITING_PAYMENT).await;
    let path = format!("/api/bookings/{}", booking.id);
    let bookings = make(customer, "Bookings", &[Scope::BookingsRead]).await;
    let both = make(customer, "Both", &[Scope::BookingsRead, Scope::PaymentsRead]).await;
    assert_eq!(get(customer, &bookings, &path).await.json()["payment"], Value::Null);
    assert!(get(customer, &both, &path).await.json()["payment"].is_object());
    site.jobs_may_be_left();
}
