//! What customers said.

use serde_json::json;
use testkit::TestSite;

#[tokio::test]
async fn reviews_come_newest_first_and_page_by_page() {
    let site = TestSite::new().await;
    let star = &site.cast.star;
    for (days, body) in [(2, "Lovely."), (1, "Kind.")] {
        sqlx::query(
            "INSERT INTO reviews (id, booking_id, celebrity_id, author_id, author_name, rating, body, offering_kind, created_at)
             VALUES (gen_random_uuid(), gen_random_uuid(), $1, gen_random_uuid(), 'Noor', 5, $2, 'video_call', $3)",
        )
        .bind(star.id.0)
        .bind(body)
        .bind(site.now() - chrono::TimeDelta::days(days))
        .execute(site.test_database().database.pool())
        .await
        .expect("inserts");
    }
    let path = format!("/api/celebrities/{}/reviews?limit=1", star.slug);
    let first = site.cast.anonymous.get(&path).await.json();
    assert_eq!((&first["items"][0]["body"], &first["items"][0]["rating"]), (&json!("Kind."), &json!(5)));
    let cursor = first["next_cursor"].as_str().expect("there is another");
    let rest = site.cast.anonymous.get(&format!("{path}&cursor={cursor}")).await.json();
    assert_eq!((&rest["items"][0]["body"], &rest["next_cursor"]), (&json!("Lovely."), &json!(null)));
    assert_eq!(site.cast.anonymous.get("/api/celebrities/nobody/reviews").await.code(), "not_found");
}

#[tokio::test]
async fn a_page_of_no_size_and_a_cursor_of_another_list_are_refused() {
    let site = TestSite::new().await;
    for (query, status, code) in
        [("limit=0", 400, "invalid_query"), ("cursor=x", 422, "bad_cursor"), ("stars=5", 400, "invalid_query")]
    {
        let refused = site.cast.anonymous.get(&format!("/api/celebrities/ada-quill/reviews?{query}")).await;
        assert_eq!((refused.status, refused.code().as_str()), (status, code), "{query}");
    }
}
