//! Who the caller is, and what they change about themselves.

use serde_json::json;
use testkit::TestSite;

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
