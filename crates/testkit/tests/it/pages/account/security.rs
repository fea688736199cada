//! The authenticator app, set up and taken off with forms.

use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::authenticator::{code_of, phone};
use crate::steps::passwords::{PASSWORD, give_password};

const PAGE: &str = "/account/security";

#[tokio::test]
async fn an_app_is_set_up_confirmed_and_taken_off() {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let browser = site.cast.customer.browser();
    let refused = browser.submit(PAGE, "/account/security/app", &[("current_password", "not this one")]).await;
    assert_eq!(refused.status, 422);
    let begun = browser.submit(PAGE, "/account/security/app", &[("current_password", PASSWORD)]).await;
    assert_eq!((begun.status, begun.header("location").as_str()), (303, PAGE), "{}", begun.page());
    let secret = secret_of(&browser.get(PAGE).await.page());

    let confirmation = "/account/security/app/confirmation";
    let wrong = browser.submit(PAGE, confirmation, &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let code = code_of(&phone(&secret), site.now());
    let on = browser.submit(PAGE, confirmation, &[("code", &code)]).await;
    assert_eq!(on.status, 200, "{}", on.page());
    assert!(browser.get(PAGE).await.page().contains("action=\"/account/security/codes\""));
    let refused = browser.submit(PAGE, "/account/security/codes", &[("current_password", PASSWORD)]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.page().contains("id=\"code-fault\""), "{}", refused.page());
    let proof = async |action: &str| {
        site.clock.advance(TimeDelta::seconds(30));
        let code = code_of(&phone(&secret), site.now());
        browser.submit(PAGE, action, &[("current_password", PASSWORD), ("code", &code)]).await
    };
    assert_eq!(proof("/account/security/codes").await.status, 201);
    let off = proof("/account/security/app/end").await;
    assert_eq!((off.status, off.header("location").as_str()), (303, PAGE));
    assert!(browser.get(PAGE).await.page().contains("action=\"/account/security/app\""), "it can be set up anew");
    site.jobs_may_be_left();
}

/// The secret that the page spells in groups of four.
fn secret_of(page: &str) -> String {
    let is_group = |word: &&str| word.len() == 4 && word.chars().all(|letter| matches!(letter, 'A'..='Z' | '2'..='7'));
    let words =
        page.split(['<', '>']).find(|text| text.split(' ').count() > 4 && text.split(' ').all(|word| is_group(&word)));
    words.unwrap_or_else(|| panic!("no secret in {page}")).replace(' ', "")
}
