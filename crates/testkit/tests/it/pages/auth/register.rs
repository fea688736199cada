//! The form of newcomers.

use testkit::TestSite;

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let form =
        [("display_name", "Noor <b>"), ("email", "noor@"), ("password", "short"), ("time_zone", "Europe/Berlin")];
    let shown = browser.post("/register", "", &form).await;
    assert_eq!(shown.status, 422);
    let text = shown.text();
    assert!(
        text.contains("value=\"Noor &lt;b&gt;\"")
            && text.contains("id=\"email-fault\"")
            && text.contains("id=\"password-fault\"")
    );
    assert!(!text.contains("value=\"short\""), "a password is never sent back");
}
