//! A password for those of the cast who need one.

use std::borrow::Cow;

use accounts::bulk::CredentialRow;
use kernel::Secret;
use testkit::{TestBrowser, TestCaller, TestResponse, TestSite};

pub const PASSWORD: &str = "a lamp above the door";

/// Gives the caller a password; the cast has none.
pub async fn give_password(site: &TestSite, caller: &TestCaller) {
    let site = &site.site;
    let hash = site.hasher.hash(&site.keys, &*site.chance, Secret::new(PASSWORD.to_owned())).await.expect("hashes");
    let row = CredentialRow { person_id: caller.id().0, password_hash: Cow::Owned(hash), changed_at: site.clock.now() };
    let mut tx = site.database.begin().await.expect("begins");
    accounts::bulk::copy_credentials(&mut tx, [row]).await.expect("copies");
    tx.commit().await.expect("commits");
}

/// A customer with a password, at a browser.
pub async fn with_password() -> (TestSite, TestBrowser) {
    let site = TestSite::new().await;
    give_password(&site, &site.cast.customer).await;
    let browser = site.cast.customer.browser();
    (site, browser)
}

/// Sends a form with something wrong as often as it is looked at, and answers the last refusal; the next try has to wait.
pub async fn guess(browser: &TestBrowser, page: &str, action: &str, fields: &[(&str, &str)]) -> TestResponse {
    for turn in 1..5 {
        let answer = browser.submit(page, action, fields).await;
        assert_eq!(answer.status, 422, "guess {turn}: {}", answer.page());
    }
    browser.submit(page, action, fields).await
}
