//! Every category.

use serde_json::json;
use testkit::TestSite;

#[tokio::test]
async fn categories_are_listed_by_position() {
    let site = TestSite::new().await;
    sqlx::query(
        "INSERT INTO categories (id, slug, name, position) VALUES (gen_random_uuid(), 'music', 'Music', 2),
      (gen_random_uuid(), 'stage', 'Stage', 1)",
    )
    .execute(site.test_database().database.pool())
    .await
    .expect("inserts");
    let listed = site.cast.anonymous.get("/api/categories").await.json();
    let slugs: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
    assert_eq!((slugs, &listed["next_cursor"]), (vec!["stage", "music"], &json!(null)));
}

#[tokio::test]
async fn an_answer_that_is_known_is_not_sent_again() {
    let site = TestSite::new().await;
    let anybody = &site.cast.anonymous;
    let first = anybody.get("/api/categories").await;
    let tag = first.header("etag");
    assert!(tag.starts_with("W/"), "{tag}");
    let again = anybody.call("GET", "/api/categories", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(anybody.call("GET", "/api/categories", None, &[("if-none-match", "W/\"else\"")]).await.body, first.body);
}
