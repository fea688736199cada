//! Passkeys, added and removed with forms.

use testkit::TestSite;

use crate::steps::device::Device;
use crate::steps::passkeys::question_for_new;
use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn a_passkey_is_added_and_removed() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    give_password(&site, customer).await;
    let browser = customer.browser();
    let refused =
        browser.submit("/account/passkeys", "/account/passkeys", &[("name", "Phone"), ("credential", "{}")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("value=\"Phone\""), "what was typed comes back: {}", refused.page());
    let credential = Device::new(1).make(&question_for_new(customer).await).to_string();
    let form = [("name", "Phone"), ("credential", credential.as_str())];
    let added = browser.submit("/account/passkeys", "/account/passkeys", &form).await;
    assert_eq!((added.status, added.header("location").as_str()), (303, "/account/passkeys"), "{}", added.page());
    let listed = browser.get("/account/passkeys").await.page();
    let end = listed.split("action=\"/account/passkeys/").nth(1).and_then(|rest| rest.split('"').next());
    let end = format!("/account/passkeys/{}", end.expect("it is listed"));
    let refused = browser.submit("/account/passkeys", &end, &[("current_password", "not this one")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("This is not your current password."), "{}", refused.page());
    assert_eq!(browser.submit("/account/passkeys", &end, &[("current_password", PASSWORD)]).await.status, 303);
    assert!(!browser.get("/account/passkeys").await.page().contains("action=\"/account/passkeys/"));
    site.jobs_may_be_left();
}
