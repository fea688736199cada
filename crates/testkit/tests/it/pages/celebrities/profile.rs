//! A celebrity's own page.

use testkit::TestSite;

#[tokio::test]
async fn a_profile_shows_what_can_be_booked() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/celebrities/ada-quill").await;
    assert_eq!(shown.status, 200);
    let text = shown.text();
    assert!(text.contains("<h1>Ada Quill</h1>"), "{text}");
    for offering in [&site.cast.star.call, &site.cast.star.video] {
        assert!(text.contains(offering.title), "{}: {text}", offering.title);
    }
    assert!(text.contains("Free times: Half an hour on screen"), "{text}");
}

#[tokio::test]
async fn a_profile_that_is_not_published_is_not_found() {
    let site = TestSite::new().await;
    assert_eq!(site.cast.anonymous.get("/celebrities/nobody").await.status, 404);
    sqlx::query("UPDATE celebrities SET status = 'draft' WHERE slug = 'ada-quill'")
        .execute(site.test_database().database.pool())
        .await
        .expect("updates");
    assert_eq!(site.cast.anonymous.get("/celebrities/ada-quill").await.status, 404);
}
