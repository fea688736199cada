//! API keys, made and ended with forms.

use testkit::TestSite;

use crate::steps::passwords::{PASSWORD, give_password};

#[tokio::test]
async fn a_key_is_shown_once_and_ended() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let browser = site.cast.customer.browser();
    let form = |password: &'static str| {
        [("name", "Box office"), ("access", "read"), ("days", "30"), ("current_password", password)]
    };
    let refused = browser.submit("/account/keys", "/account/keys", &form("not this one")).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("id=\"current_password-fault\""), "{}", refused.page());
    let made = browser.submit("/account/keys", "/account/keys", &form(PASSWORD)).await;
    assert_eq!(made.status, 201);
    let key = made.page().split("stagedoor_").nth(1).map(|rest| rest.chars().take(20).collect::<String>());
    let key = key.expect("the key is shown");
    let listed = browser.get("/account/keys").await.page();
    assert!(listed.contains("Box office") && !listed.contains(&key), "{listed}");

    let end = listed.split("action=\"/account/keys/").nth(1).and_then(|rest| rest.split('"').next()).expect("a form");
    let ended = browser.submit("/account/keys", &format!("/account/keys/{end}"), &[]).await;
    assert_eq!((ended.status, ended.header("location").as_str()), (303, "/account/keys"));
    assert!(!browser.get("/account/keys").await.page().contains("Box office"));
    site.jobs_may_be_left();
}
