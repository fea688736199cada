//! The mailed link lands here, and whoever types the password is signed in by it.

use testkit::TestSite;

use crate::steps::newcomer::signed_in;

#[tokio::test]
async fn a_newcomer_registers_verifies_and_signs_in() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let account = browser.get("/account").await;
    assert!(account.text().contains("noor@example.test") && account.text().contains("Verified"), "{}", account.text());
    assert_eq!(account.header("cache-control"), "no-store");
    assert!(browser.get_here("/mailbox").await.text().contains("Verify your e-mail address"));
}

#[tokio::test]
async fn a_link_that_nobody_was_mailed_says_so() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/verify?token=made-up").await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("This link has been used or has expired."), "{}", shown.text());
}

#[tokio::test]
async fn the_link_is_mailed_again_to_who_is_signed_in() {
    let site = TestSite::new().await;
    let browser = site.cast.unverified.browser();
    let sent = browser.submit("/account", "/verify/mail", &[]).await;
    assert_eq!(sent.status, 200);
    assert!(sent.text().contains("unverified@example.org"), "{}", sent.text());
    site.run_jobs().await;
    assert!(browser.get_here("/mailbox").await.text().contains("Verify your e-mail address"));
}
