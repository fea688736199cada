//! What a celebrity offers.

use serde_json::json;
use testkit::TestSite;

#[tokio::test]
async fn offerings_come_with_whole_prices_and_their_policy() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    let listed = site.cast.anonymous.get(&format!("/api/celebrities/{}/offerings", star.slug)).await.json();
    let call = &listed["items"][0];
    assert_eq!((&call["id"], &call["kind"]), (&json!(star.call.id), &json!("video_call")));
    let minor = |name: &str| call[name]["amount_minor"].as_i64().unwrap();
    assert_eq!((minor("price"), minor("service_fee"), minor("total")), (25_000, 1_250, 26_250));
    assert_eq!((&call["duration_minutes"], &call["policy"]["key"]), (&json!(30), &json!("flexible")));
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert_eq!(site.cast.anonymous.get("/api/celebrities/nobody/offerings").await.code(), "not_found");
}
