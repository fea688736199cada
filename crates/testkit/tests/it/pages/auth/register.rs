//! The form of newcomers.

use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::authenticator::{EMAIL as KNOWN, mails};
use crate::steps::newcomer::{EMAIL, PASSWORD, mailed_token};
use crate::steps::passwords;

/// The address on the way to a search.
const ON_THE_WAY: &str = "/register?return_to=/discover%3Fq%3Dada";

/// Sends the form of Noor, on her way to a search.
async fn register(browser: &TestBrowser, email: &str) -> TestResponse {
    let form = [("display_name", "Noor"), ("email", email), ("password", PASSWORD), ("time_zone", "Europe/Berlin")];
    browser.post(ON_THE_WAY, "", &form).await
}

#[tokio::test]
async fn the_form_knows_the_clock_and_keeps_the_way() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser().with_cookie("__Host-stagedoor-zone", "Asia/Tokyo");
    let shown = browser.get("/register?return_to=%2Fbookings").await;
    assert_eq!((shown.status, shown.chosen("time_zone").as_str()), (200, "Asia/Tokyo"));
    let page = shown.page();
    assert!(page.contains("action=\"/register?return_to=/bookings\""), "{page}");
    assert!(
        page.contains("<a href=\"/login?return_to=/bookings\">")
            || page.contains("<a href=\"/login?return_to=%2Fbookings\">"),
        "{page}"
    );
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_the_form() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/register?return_to=https%3A%2F%2Fevil.test%2F").await.page();
    assert!(shown.contains("action=\"/register?return_to=/dashboard\""), "{shown}");
}

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let form =
        [("display_name", "Noor <b>"), ("email", "noor@"), ("password", "short"), ("time_zone", "Europe/Berlin")];
    let shown = browser.post(ON_THE_WAY, "", &form).await;
    assert_eq!(shown.status, 422);
    assert_eq!((shown.typed("display_name").as_str(), shown.typed("email").as_str()), ("Noor &lt;b&gt;", "noor@"));
    assert_eq!(shown.chosen("time_zone"), "Europe/Berlin");
    assert_eq!(shown.fault("email"), "This should be an e-mail address, such as name@example.org.");
    assert!(shown.fault("password").starts_with("Use at least 12 characters"), "{}", shown.page());
    assert!(!shown.page().contains("value=\"short\""), "a password is never sent back");
    assert!(shown.page().contains(&format!("action=\"{ON_THE_WAY}\"")));
    site.run_jobs().await;
    assert_eq!(mails(&site, "verify_address").await, 0);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_told_so_by_mail_alone_and_keeps_its_password() {
    let (site, _) = passwords::with_password().await;
    let browser = site.cast.anonymous.browser();
    let (new, known) = (register(&browser, EMAIL).await, register(&browser, KNOWN).await);
    assert_eq!((new.status, known.status), (200, 200));
    assert_eq!(known.text().replace(KNOWN, EMAIL), new.text());
    site.run_jobs().await;
    assert_eq!((mails(&site, "verify_address").await, mails(&site, "already_registered").await), (1, 1));
    let login = async |password| browser.post("/login", "", &[("email", KNOWN), ("password", password)]).await.status;
    assert_eq!((login(PASSWORD).await, login(passwords::PASSWORD).await), (422, 303));
}

#[tokio::test]
async fn the_mailed_link_leads_on_where_the_newcomer_was_going() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let answer = register(&browser, EMAIL).await;
    assert!(answer.page().contains(&format!("If {EMAIL} can be reached, a link is on its way")), "{}", answer.page());
    let link = mailed_token(&site, "verify_address").await;
    assert_eq!(browser.get("/account").await.status, 303, "registering alone opens nothing");
    let verified = browser.post("/verify", "", &[("token", &link), ("password", PASSWORD)]).await;
    assert_eq!(
        (verified.status, verified.header("location").as_str()),
        (303, "/discover?q=ada"),
        "{}",
        verified.page()
    );
    let account = browser.get("/account").await;
    assert_eq!(
        (account.typed("display_name").as_str(), account.chosen("time_zone").as_str()),
        ("Noor", "Europe/Berlin")
    );
    site.run_jobs().await;
}

#[tokio::test]
async fn a_network_makes_three_accounts_an_hour() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.at(&site.strict_server()).browser();
    for name in ["a", "b", "c"] {
        assert_eq!(register(&browser, &format!("{name}@example.test")).await.status, 200, "{name}");
    }
    let refused = register(&browser, EMAIL).await;
    assert_eq!(refused.status, 429);
    assert!(refused.page().contains("That was too often. Wait"), "{}", refused.page());
    site.run_jobs().await;
    assert_eq!(mails(&site, "verify_address").await, 3);
}
