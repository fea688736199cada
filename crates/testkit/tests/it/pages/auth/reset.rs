//! A new password by the mailed link.

use testkit::TestSite;

use crate::steps::newcomer::{EMAIL, mailed_token, registered};

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_mailed_link_once() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    assert_eq!(browser.post("/forgot", "", &[("email", EMAIL)]).await.status, 200);
    let token = mailed_token(&site, "reset_password").await;
    let new = "another quiet corner";
    let shown = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert!(shown.text().contains("Your new password is set."), "{}", shown.text());
    let again = browser.post("/reset", "", &[("token", &token), ("password", new)]).await;
    assert_eq!(again.status, 422);
    assert!(browser.get(&format!("/reset?token={token}")).await.text().contains("has been used or has expired"));
    assert_eq!(browser.post("/login", "", &[("email", EMAIL), ("password", new)]).await.status, 303);
}
