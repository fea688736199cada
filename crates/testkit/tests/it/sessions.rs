//! Sessions as their owners see them.

use chrono::TimeDelta;
use kernel::Instant;
use testkit::TestSite;

#[tokio::test]
async fn a_browser_that_comes_back_is_seen() {
    let site = TestSite::new().await;
    site.clock.advance(TimeDelta::minutes(6));
    assert_eq!(site.cast.customer.get("/account/sessions").await.status, 200);
    let seen: Instant = sqlx::query_scalar("SELECT max(last_seen_at) FROM sessions WHERE person_id = $1")
        .bind(site.cast.customer.id().0)
        .fetch_one(site.test_database().database.pool())
        .await
        .unwrap();
    assert_eq!(seen, site.now());
}
