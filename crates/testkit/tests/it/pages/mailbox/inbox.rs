//! Kept mails, in development.

use serde_json::json;
use testkit::TestSite;

#[tokio::test]
async fn the_mailbox_lists_what_was_mailed() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let empty = browser.get_here("/mailbox").await;
    assert_eq!(empty.status, 200);
    assert!(!empty.text().contains("customer@example.org"));
    let asked = json!({"email": "customer@example.org"});
    assert_eq!(site.cast.anonymous.post("/api/auth/password/reset", &asked).await.status, 202);
    site.run_jobs().await;
    assert!(browser.get_here("/mailbox").await.text().contains("customer@example.org"));
    let elsewhere = site.cast.admin.call("GET", "/mailbox", None, &[("x-forwarded-for", "127.0.0.1")]).await;
    assert_eq!(elsewhere.status, 404, "only this machine reads the mail of others");
}
