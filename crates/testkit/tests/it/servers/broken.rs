//! A server that cannot read who calls.

use chrono::TimeDelta;
use testkit::TestSite;

#[tokio::test]
async fn a_cookie_that_cannot_be_looked_up_is_not_taken_for_one_of_nobody() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    assert_eq!(browser.get("/dashboard").await.status, 200);
    // Nobody is remembered any more, and the next look finds no table.
    site.clock.advance(TimeDelta::minutes(1));
    let rename = sqlx::query("ALTER TABLE sessions RENAME TO elsewhere");
    rename.execute(&mut *site.test_database().database.acquire().await.expect("connects")).await.expect("renames");
    let refused = browser.get("/dashboard").await;
    assert_eq!(refused.status, 500, "not a way to the log-in, which would not help: {}", refused.text());
    assert_eq!(browser.get("/").await.status, 200, "what is for everybody is shown");
}
