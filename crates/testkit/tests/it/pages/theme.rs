//! The chosen theme.

use access::{Method, Surface};
use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::authenticator::{EMAIL, with_app};
use crate::steps::newcomer::mailed_token;
use crate::steps::objects::{Objects, Whose};
use crate::steps::passwords::{PASSWORD, with_password};

/// Presses the button on a page; answers the page that it leads to.
async fn change_theme(browser: &TestBrowser, page: &TestResponse) -> TestResponse {
    let fields = [("theme", page.typed("theme")), ("return_to", page.typed("return_to"))];
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    let led = browser.post("/theme", &page.csrf(), &fields).await;
    assert_eq!(led.status, 303, "{}", led.page());
    browser.get(&led.header("location")).await
}

#[tokio::test]
async fn the_theme_is_kept_and_leads_back_to_the_page() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let shown = browser.post("/theme", "", &[("theme", "dark"), ("return_to", "/login?return_to=%2Fbookings")]).await;
    assert_eq!(shown.header("location"), "/login?return_to=%2Fbookings");
    let dark = browser.get("/login").await.text();
    assert!(dark.contains("<html lang=\"en\" data-theme=\"dark\">"), "{dark}");
    // Nor does the device decide the colour of the browser's bars any more.
    assert!(dark.contains("<meta name=\"theme-color\" content=\"#15111a\">") && !dark.contains("#fbf5ea"), "{dark}");
}

#[tokio::test]
async fn the_button_turns_the_theme_there_and_back() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let mut page = browser.get("/discover?q=ada").await;
    for theme in ["dark", "light", "dark"] {
        page = change_theme(&browser, &page).await;
        assert!(page.page().contains(&format!("data-theme=\"{theme}\"")), "{theme}: {}", page.page());
        assert_eq!(page.typed("return_to"), "/discover?q=ada");
    }
}

#[tokio::test]
async fn it_leads_to_no_other_site_and_knows_two_themes() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for (theme, kept) in [("dark", "dark"), ("pink", "light")] {
        let led = browser.post("/theme", "", &[("theme", theme), ("return_to", "//evil.test/")]).await;
        assert_eq!((led.status, led.header("location").as_str()), (303, "/dashboard"));
        assert_eq!(browser.cookie("__Host-stagedoor-theme").as_deref(), Some(kept));
    }
    assert_eq!(browser.post_from("/theme", "cross-site", "theme=dark&return_to=%2F").await.status, 403);
    assert_eq!(browser.cookie("__Host-stagedoor-theme").as_deref(), Some("light"));
}

#[tokio::test]
async fn the_page_that_refuses_a_form_leads_back_to_one_that_is_there() {
    let site = TestSite::new().await;
    let objects = Objects::place(&site).await;
    let mut tried = 0;
    for entry in access::all().filter(|entry| entry.surface == Surface::Page && entry.method == Method::Post) {
        tried += 1;
        let browser = Objects::owner(entry, &site).browser();
        let refused = browser.post(&objects.path(entry, Whose::First), "forged", &[]).await;
        assert_eq!(refused.status, 403, "{}", entry.path);
        let back = change_theme(&browser, &refused).await;
        // 303 is a page that leads on. 404 is right where the path has a parameter that names no guarded object: this test cannot fill that
        // in.
        let names_nothing = entry.path.contains('{') && entry.guard == access::Guard::None;
        assert!(
            [200, 303].contains(&back.status) || (names_nothing && back.status == 404),
            "{}: {}",
            entry.path,
            back.page()
        );
    }
    assert!(tried > 25, "{tried}");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_form_that_came_back_is_there_again_under_the_other_theme() {
    let (site, browser) = with_password().await;
    for (action, field, page) in [
        ("/account/password", "current_password", "/account"),
        ("/account/security/app", "current_password", "/account/security"),
        ("/account/keys", "name", "/account/keys"),
    ] {
        let fields = [
            ("current_password", "not this one"),
            ("new_password", "x"),
            ("name", ""),
            ("access", "read"),
            ("days", "30"),
        ];
        let refused = browser.submit("/account", action, &fields).await;
        assert!(refused.status == 422 && !refused.fault(field).is_empty(), "{action}: {}", refused.page());
        assert_eq!(refused.typed("return_to"), page);
        let back = change_theme(&browser, &refused).await;
        assert!(back.status == 200 && back.page().contains(&format!("action=\"{action}\"")), "{}", back.page());
    }
    site.run_jobs().await;
}

#[tokio::test]
async fn a_mailed_link_whose_form_came_back_still_works_under_the_other_theme() {
    let (site, _) = with_password().await;
    let browser = site.cast.anonymous.browser();
    browser.post("/forgot", "", &[("email", EMAIL)]).await;
    let reset = mailed_token(&site, "reset_password").await;
    site.cast.unverified.browser().submit("/account", "/verify/mail", &[]).await;
    let verify = mailed_token(&site, "verify_address").await;
    for (path, token) in [("/reset", reset), ("/verify", verify)] {
        let refused = browser.post(path, "", &[("token", &token), ("password", "short")]).await;
        assert_eq!(refused.status, 422, "{}", refused.page());
        assert_eq!(change_theme(&browser, &refused).await.typed("token"), token, "{path}");
    }
}

#[tokio::test]
async fn a_way_to_somewhere_is_kept_when_a_form_on_it_came_back() {
    const WAY: &str = "return_to=/bookings%3Fside%3Dmine";
    let site = TestSite::new().await;
    with_app(&site).await;
    for (action, fields) in [
        ("/login", [("email", EMAIL), ("password", "not this one")]),
        ("/login/passkey", [("credential", "{"), ("email", "")]),
        ("/register", [("email", "noor@"), ("password", "short")]),
        ("/login/code", [("code", "000000"), ("email", "")]),
    ] {
        let browser = site.cast.anonymous.browser();
        if action == "/login/code" {
            let proven = [("email", EMAIL), ("password", PASSWORD)];
            assert_eq!(browser.post("/login", "", &proven).await.status, 303);
        }
        let more = [("display_name", "Noor"), ("time_zone", "UTC")];
        let refused = browser.post(&format!("{action}?{WAY}"), "", &[&fields[..], &more].concat()).await;
        assert_eq!(refused.status, 422, "{action}: {}", refused.page());
        let back = change_theme(&browser, &refused).await;
        assert!(back.status == 200 && back.page().contains(&format!("{action}?{WAY}\"")), "{action}: {}", back.page());
    }
    site.run_jobs().await;
}
