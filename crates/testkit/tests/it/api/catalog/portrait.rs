//! Portraits, which can carry more than a picture.

use testkit::TestSite;
use uuid::Uuid;

#[tokio::test]
async fn a_portrait_is_kept_for_ever_and_runs_nothing() {
    let site = TestSite::new().await;
    let id = Uuid::from_u128(7);
    sqlx::query(
        "INSERT INTO portraits (id, content_type, bytes, created_at) VALUES ($1, 'image/svg+xml', '<svg/>', $2)",
    )
    .bind(id)
    .bind(site.now())
    .execute(site.test_database().database.pool())
    .await
    .expect("inserts");
    let portrait = site.cast.anonymous.get(&format!("/portraits/{id}")).await;
    assert_eq!((portrait.header("content-type").as_str(), portrait.body.as_slice()), ("image/svg+xml", &b"<svg/>"[..]));
    assert!(portrait.header("cache-control").contains("immutable"));
    assert!(portrait.header("content-security-policy").ends_with("sandbox"));
    let missing = site.cast.anonymous.get(&format!("/portraits/{}", Uuid::from_u128(8))).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn what_is_no_id_is_no_portrait() {
    let site = TestSite::new().await;
    for path in ["/portraits/not-an-id", "/portraits/..%2fsecret"] {
        assert_eq!(site.cast.anonymous.get(path).await.status, 404, "{path}");
    }
}
