//! The log-in page's button for passkeys.

use testkit::TestSite;

use crate::steps::passkeys::{add, question};
use crate::steps::passwords::give_password;

#[tokio::test]
async fn a_passkey_opens_the_session_and_nonsense_does_not() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let (_, mut device) = add(&site.cast.customer, "Phone", 1).await;
    let browser = site.cast.anonymous.browser();
    let refused = browser.post("/login/passkey", "", &[("credential", "{}")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("action=\"/login\""), "the password is asked for: {}", refused.page());
    let shown = device.show(&question(&site).await).to_string();
    let opened = browser.post("/login/passkey", "", &[("credential", &shown), ("return_to", "/account")]).await;
    assert_eq!((opened.status, opened.header("location").as_str()), (303, "/account"), "{}", opened.page());
    assert!(browser.get("/account").await.page().contains("customer@example.org"));
    site.jobs_may_be_left();
}
