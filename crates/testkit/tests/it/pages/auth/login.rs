//! Signing in and out with the form.

use testkit::TestSite;

use crate::steps::newcomer::{EMAIL, PASSWORD, registered, signed_in};

#[tokio::test]
async fn a_wrong_password_is_not_told_from_an_unknown_address() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let known = browser.post("/login", "", &[("email", EMAIL), ("password", "not this one")]).await;
    let unknown = browser.post("/login", "", &[("email", "else@example.test"), ("password", "not this one")]).await;
    assert_eq!((known.status, unknown.status), (422, 422));
    assert_eq!(known.text().replace("noor@", "else@"), unknown.text());
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let form = [("email", EMAIL), ("password", PASSWORD)];
    assert_eq!(browser.post("/login?return_to=//evil.test/", "", &form).await.header("location"), "/dashboard");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_a_page_asks_to_sign_in() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let left = browser.submit("/account", "/logout", &[]).await;
    assert_eq!((left.status, left.header("location").as_str()), (303, "/"));
    for cookie in ["__Host-stagedoor=;", "__Host-stagedoor-draft=;", "__Host-stagedoor-way-back=;"] {
        assert!(
            left.headers.get_all("set-cookie").iter().any(|set| set.to_str().unwrap().contains(cookie)),
            "{cookie}"
        );
    }
    let shown = browser.get("/account/sessions?from=here").await;
    assert_eq!(shown.header("location"), "/login?return_to=%2Faccount%2Fsessions%3Ffrom%3Dhere");
}

#[tokio::test]
async fn a_browser_has_one_session() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    let again = browser.submit("/account", "/login", &[("email", EMAIL), ("password", PASSWORD)]).await;
    assert_eq!(again.status, 303);
    let shown = browser.get("/account/sessions").await.text();
    assert!(shown.contains("This one"), "{shown}");
    assert!(!shown.contains("End all but this one"), "the one before lives on: {shown}");
}

#[tokio::test]
async fn every_cookie_belongs_to_this_host_alone() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await;
    browser.post("/theme", &browser.get("/account").await.csrf(), &[("theme", "dark"), ("return_to", "/")]).await;
    let names = browser.cookie_names();
    assert!(names.contains(&entry::cookies::DEVICE_COOKIE.to_owned()), "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("__Host-")), "{names:?}");
}

#[tokio::test]
async fn no_script_reads_the_cookie_of_a_session_and_no_page_holds_it() {
    let site = TestSite::new().await;
    let browser = registered(&site).await;
    let opened = browser.post("/login", "", &[("email", EMAIL), ("password", PASSWORD)]).await;
    let set = opened.headers.get_all("set-cookie").iter().filter_map(|set| set.to_str().ok());
    let set = set.filter(|set| set.starts_with(&format!("{}=", entry::SESSION_COOKIE))).collect::<Vec<_>>();
    assert!(matches!(set[..], [one] if one.contains("; HttpOnly")), "{set:?}");
    let value = browser.cookie(entry::SESSION_COOKIE).expect("signed in");
    for path in ["/", "/account", "/account/sessions", "/dashboard"] {
        let page = browser.get(path).await;
        assert!(page.status == 200 && !page.text().contains(&value), "{path}");
    }
}

#[tokio::test]
async fn what_a_session_left_is_cleared_with_the_first_answer_after_its_end() {
    let site = TestSite::new().await;
    let draft = ("__Host-stagedoor-draft", "what was written");
    for path in ["/", "/account", "/nowhere"] {
        let browser = site.cast.customer.signed_in_anew(&site).await.browser().with_cookie(draft.0, draft.1);
        let shown = browser.get(path).await;
        assert_eq!(shown.header("clear-site-data"), "", "{path}: the session lives");
        site.clock.advance(chrono::TimeDelta::days(15));
        let shown = browser.get(path).await;
        assert_eq!(shown.header("clear-site-data"), "\"cache\", \"storage\"", "{path}");
        assert_eq!(browser.cookie_names(), Vec::<String>::new(), "{path}");
        assert_eq!(browser.get(path).await.header("clear-site-data"), "", "{path}: once");
    }
    // Whoever signs in with the cookie of a dead session keeps the new one.
    let browser = registered(&site).await.with_cookie(entry::SESSION_COOKIE, "of-a-session-that-was");
    assert_eq!(browser.post("/login", "", &[("email", EMAIL), ("password", PASSWORD)]).await.status, 303);
    assert_eq!(browser.get("/account").await.status, 200);
}

#[tokio::test]
async fn strangers_who_guess_do_not_keep_out_a_browser_that_has_signed_in_before() {
    let site = TestSite::new().await;
    let browser = signed_in(&site).await.moved_to("192.0.2.1");
    browser.submit("/account", "/logout", &[]).await;
    for turn in 0..100 {
        let thief = site.cast.anonymous.from(&format!("198.51.{}.100", turn % 40));
        let guess = serde_json::json!({"email": EMAIL, "password": "not this one, certainly"});
        assert_eq!(thief.post("/api/auth/login", &guess).await.code(), "bad_credentials", "try {turn}");
    }
    let form = [("email", EMAIL), ("password", PASSWORD)];
    let stranger = site.cast.anonymous.browser().moved_to("203.0.113.9").post("/login", "", &form).await;
    assert_eq!(stranger.status, 422);
    assert!(stranger.text().contains("from elsewhere"), "{}", stranger.text());
    assert_eq!(browser.post("/login", "", &form).await.status, 303, "the owner's own browser comes in");
}

#[tokio::test]
async fn who_tried_too_often_is_led_back_to_the_form_and_the_way_is_kept() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.at(&site.strict_server()).browser();
    let form = [("email", "else@example.test"), ("password", "not this one")];
    let mut refused = browser.post("/login?return_to=/bookings", "", &form).await;
    for _ in 0..10 {
        if refused.status == 429 {
            break;
        }
        refused = browser.post("/login?return_to=/bookings", "", &form).await;
    }
    assert_eq!(refused.status, 429, "{}", refused.page());
    assert!(refused.page().contains("href=\"/login?return_to=/bookings\">Back to the form<"), "{}", refused.page());
}
