//! Keys for programs: who makes them, what they open, and when they end.

use chrono::TimeDelta;
use kernel::Scope;
use serde_json::{Value, json};
use testkit::TestSite;

use crate::steps::keys::{get, make, wish};
use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn a_key_reads_books_and_opens_no_pages() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let key = make(customer, "Tour planner", &[Scope::BookingsRead, Scope::BookingsWrite]).await;
    assert_eq!(get(customer, &key, "/api/celebrities").await.status, 200);
    assert_eq!(get(customer, &key, "/api/bookings").await.json()["items"], json!([]));
    let anybody = &site.cast.anonymous;
    let page = get(anybody, &key, "/account/sessions").await;
    assert_eq!((page.status, page.header("location").starts_with("/login")), (303, true), "a key opens no page");
    for path in ["/", "/discover", "/login", "/nowhere"] {
        let shown = get(anybody, &key, path).await.text();
        assert!(!shown.contains("customer") && shown.contains("href=\"/login\""), "a key is nobody at {path}");
    }
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
    assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!("current_password")));
    for (field, value) in [("scopes", json!([])), ("expires_in_days", json!(366)), ("name", json!(" "))] {
        let mut bad = wish("Mine", &read);
        bad[field] = value;
        let refused = customer.post("/api/me/api-keys", &bad).await;
        assert_eq!((refused.status, refused.problem()["errors"][0]["field"].clone()), (422, json!(field)));
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
async fn nobody_sees_or_ends_the_keys_of_others() {
    let site = TestSite::new().await;
    let (customer, other) = (&site.cast.customer, &site.cast.other_customer);
    give_password(&site, customer).await;
    let key = make(customer, "Mine", &[Scope::BookingsRead]).await;
    assert_eq!(other.get("/api/me/api-keys").await.json(), json!({"items": [], "next_cursor": null}));
    let path = format!("/api/me/api-keys/{}", key["id"].as_str().expect("an id"));
    assert_eq!(other.call("DELETE", &path, None, &[]).await.code(), "not_found");
    assert_eq!(get(customer, &key, "/api/bookings").await.status, 200);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_key_that_was_ended_is_not_listed_and_its_name_is_free() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let key = make(customer, "Mine", &[Scope::BookingsRead]).await;
    let path = format!("/api/me/api-keys/{}", key["id"].as_str().expect("an id"));
    assert_eq!(customer.call("DELETE", &path, None, &[]).await.status, 204);
    assert_eq!(customer.get("/api/me/api-keys").await.json()["items"], json!([]));
    make(customer, "Mine", &[Scope::BookingsRead]).await;
    site.jobs_may_be_left();
}

#[tokio::test]
async fn only_who_is_verified_makes_keys_and_only_with_known_scopes() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.unverified).await;
    give_password(&site, &site.cast.customer).await;
    let refused = site.cast.unverified.post("/api/me/api-keys", &wish("Mine", &[Scope::BookingsRead])).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "email_not_verified"));
    let unknown = json!({"name": "Mine", "scopes": ["bookings:delete"], "current_password": PASSWORD});
    let refused = site.cast.customer.post("/api/me/api-keys", &unknown).await;
    assert_eq!((refused.status, refused.code().as_str()), (422, "invalid_body"));
    assert_eq!(refused.problem()["errors"][0]["field"], "scopes[0]");
}
