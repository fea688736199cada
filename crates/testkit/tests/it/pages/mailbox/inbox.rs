//! Kept mails, in development.

use serde_json::json;
use testkit::TestSite;

/// Mails somebody the link that sets a new password.
async fn mail(site: &TestSite, email: &str) {
    let asked = site.cast.anonymous.post("/api/auth/password/reset", &json!({ "email": email })).await;
    assert_eq!(asked.status, 202, "{}", asked.text());
    site.run_jobs().await;
}

#[tokio::test]
async fn the_mailbox_lists_what_was_mailed_to_whom_and_when_with_the_newest_first() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let empty = browser.get_here("/mailbox").await;
    assert_eq!(empty.status, 200);
    assert!(empty.page().contains("No mail yet."), "{}", empty.page());
    mail(&site, "customer@example.org").await;
    site.clock.advance(chrono::TimeDelta::minutes(2));
    mail(&site, "celebrity@example.org").await;
    let full = browser.get_here("/mailbox").await.page();
    let (older, newer) =
        (full.find("to customer@example.org · 2 minutes ago"), full.find("to celebrity@example.org · just now"));
    assert!(newer.is_some() && newer < older, "{full}");
    let link = full.split("href=\"/mailbox/").nth(1).and_then(|rest| rest.split('"').next()).expect("a link");
    assert!(browser.get_here(&format!("/mailbox/{link}")).await.page().contains("to celebrity@example.org"));
}

#[tokio::test]
async fn nobody_elsewhere_reads_the_mail_of_others() {
    let site = TestSite::new().await;
    mail(&site, "customer@example.org").await;
    let admin = &site.cast.admin;
    for refused in [admin.browser().get("/mailbox").await, admin.from("192.0.2.7").browser().get_here("/mailbox").await]
    {
        assert_eq!(refused.status, 404);
        assert!(!refused.page().contains("customer@example.org"), "{}", refused.page());
    }
}
