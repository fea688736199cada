//! One profile.

use testkit::TestSite;

#[tokio::test]
async fn a_profile_is_found_by_its_slug_and_by_its_id() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    let by_slug = site.cast.anonymous.get(&format!("/api/celebrities/{}", star.slug)).await.json();
    let by_id = site.cast.anonymous.get(&format!("/api/celebrities/{}", star.id)).await.json();
    assert_eq!(by_slug, by_id);
    assert_eq!((&by_slug["stage_name"], &by_slug["time_zone"]), (&"Ada Quill".into(), &"UTC".into()));
    assert_eq!(by_slug["offerings"][0]["total"]["amount_minor"], 26_250);
    let missing = site.cast.anonymous.get("/api/celebrities/nobody").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
}
