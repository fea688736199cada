//! Somebody new, who registers with the form and verifies the address by the mailed link.

use testkit::{TestBrowser, TestSite};

pub const EMAIL: &str = "noor@example.test";
pub const PASSWORD: &str = "a quiet corner and a chair";

/// Registers and verifies Noor, and signs out again.
pub async fn registered(site: &TestSite) -> TestBrowser {
    // What follows from the mails is not what these tests are about.
    site.jobs_may_be_left();
    let browser = site.cast.anonymous.browser();
    let form = [("display_name", "Noor"), ("email", EMAIL), ("password", PASSWORD), ("time_zone", "Europe/Berlin")];
    let answer = browser.post("/register", "", &form).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("Look into your mail."));
    let link = mailed_token(site, "verify_address").await;
    // The mailbox alone is not enough: a stranger may have registered the address.
    let answer = browser.post("/verify", "", &[("token", &link)]).await;
    assert!(answer.text().contains("Enter the password that you registered with."), "{}", answer.text());
    let answer = browser.post("/verify", "", &[("token", &link), ("password", "certainly not this one")]).await;
    assert!(answer.text().contains("This is not the password of this account."), "{}", answer.text());
    let answer = browser.post("/verify", "", &[("token", &link), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("location").as_str()), (303, "/discover"), "{}", answer.text());
    browser.submit("/account", "/logout", &[]).await;
    browser
}

/// The same, signed in.
pub async fn signed_in(site: &TestSite) -> TestBrowser {
    let browser = registered(site).await;
    let answer = browser.post("/login?return_to=/account", "", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!((answer.status, answer.header("location").as_str()), (303, "/account"), "{}", answer.text());
    browser
}

/// What the newest mail of a template carries in its link.
pub async fn mailed_token(site: &TestSite, template: &str) -> String {
    site.run_jobs().await;
    let link =
        "SELECT substring(body_text from 'token=([^\\s]+)') FROM mails WHERE template = $1 ORDER BY id DESC LIMIT 1";
    sqlx::query_scalar(link)
        .bind(template)
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("there is such a mail")
}
