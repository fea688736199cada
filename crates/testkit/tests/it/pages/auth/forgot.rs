//! Asking for the link that sets a new password.

use testkit::TestSite;

use crate::steps::newcomer::{EMAIL, registered};

#[tokio::test]
async fn the_answer_does_not_tell_who_has_an_account() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let unknown = browser.post("/forgot", "", &[("email", "else@example.test")]).await;
    let known = browser.post("/forgot", "", &[("email", EMAIL)]).await;
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(known.text().replace("noor@", "else@"), unknown.text());
}

#[tokio::test]
async fn what_is_no_address_comes_back() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.browser().post("/forgot", "", &[("email", "noor@")]).await;
    assert_eq!(shown.status, 422);
    assert!(
        shown.text().contains("id=\"email-fault\"") && shown.text().contains("value=\"noor@\""),
        "{}",
        shown.text()
    );
}
