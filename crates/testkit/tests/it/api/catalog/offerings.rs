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

#[tokio::test]
async fn what_is_taken_off_the_offer_is_not_listed() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    sqlx::query("UPDATE offerings SET is_active = false WHERE id = $1")
        .bind(star.video.id.0)
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    let listed = site.cast.anonymous.get(&format!("/api/celebrities/{}/offerings", star.slug)).await.json();
    let ids: Vec<_> = listed["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
    assert_eq!(ids, [json!(star.call.id)]);
}
