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

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let site = TestSite::new().await;
    let anybody = &site.cast.anonymous;
    let first = anybody.get("/api/celebrities/ada-quill").await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/"), "{tag}");
    let again = anybody.call("GET", "/api/celebrities/ada-quill", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(
        anybody.call("GET", "/api/celebrities/ada-quill", None, &[("if-none-match", "W/\"else\"")]).await.body,
        first.body
    );
}
