//! Who the caller is, and what they change about themselves.

use kernel::Scope;
use serde_json::json;
use testkit::TestSite;

use crate::steps::keys::{self, make};
use crate::steps::passwords::give_password;

#[tokio::test]
async fn what_is_left_out_stays() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let before = customer.get("/api/me").await.json();
    assert_eq!((&before["email"], &before["roles"]), (&json!("customer@example.org"), &json!(["customer"])));
    let changed = customer.call("PATCH", "/api/me", Some(&json!({"time_zone": "Asia/Tokyo"})), &[]).await;
    assert_eq!(changed.status, 200, "{}", changed.text());
    let after = customer.get("/api/me").await.json();
    assert_eq!((&after["time_zone"], &after["display_name"]), (&json!("Asia/Tokyo"), &before["display_name"]));
    assert_eq!(after, changed.json());
}

#[tokio::test]
async fn a_zone_that_is_nowhere_is_refused() {
    let site = TestSite::new().await;
    let refused = site.cast.customer.call("PATCH", "/api/me", Some(&json!({"time_zone": "Moon/Base"})), &[]).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["field"]), (422, &json!("time_zone")));
}

#[tokio::test]
async fn a_name_of_the_house_is_for_its_people() {
    let site = TestSite::new().await;
    let wish = json!({"display_name": "Stagedoor Support"});
    let refused = site.cast.customer.call("PATCH", "/api/me", Some(&wish), &[]).await;
    assert_eq!((refused.status, &refused.problem()["errors"][0]["code"]), (422, &json!("reserved")));
    let support = site.cast.support.call("PATCH", "/api/me", Some(&wish), &[]).await;
    assert_eq!(support.status, 200, "{}", support.text());
}

#[tokio::test]
async fn it_says_whose_profiles_one_looks_after_and_what_one_does_for_them() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let star = |is_own: bool, signs: bool| {
        json!([{
            "celebrity_id": cast.star.id, "slug": "ada-quill", "stage_name": "Ada Quill",
            "is_own": is_own, "manages_calendars": true, "decides_bookings": signs
        }])
    };
    assert_eq!(cast.celebrity.get("/api/me").await.json()["profiles"], star(true, true));
    assert_eq!(cast.agent.get("/api/me").await.json()["profiles"], star(false, true));
    for caller in [&cast.customer, &cast.support, &cast.admin] {
        assert_eq!(caller.get("/api/me").await.json()["profiles"], json!([]), "{}", caller.name);
    }
    sqlx::query("UPDATE representations SET scopes = ARRAY['hold'] WHERE agent_id = $1")
        .bind(cast.agent.id().0)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    assert_eq!(cast.agent.get("/api/me").await.json()["profiles"], star(false, false));
}

#[tokio::test]
async fn a_key_sees_and_changes_oneself_only_with_the_scope_for_it() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let reads = make(customer, "Reads", &[Scope::ProfileRead]).await;
    assert_eq!(keys::get(customer, &reads, "/api/me").await.json()["email"], "customer@example.org");
    let header = format!("Bearer {}", reads["key"].as_str().expect("a key"));
    let wish = json!({"display_name": "Somebody else"});
    let refused = customer.call("PATCH", "/api/me", Some(&wish), &[("authorization", &header)]).await;
    assert_eq!((refused.status, refused.code().as_str()), (403, "scope_required"));
    assert_eq!(customer.get("/api/me").await.json()["display_name"], "customer");
    site.jobs_may_be_left();
}
