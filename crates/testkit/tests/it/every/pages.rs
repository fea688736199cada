//! What holds for every page: headers, errors as pages, assets.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::json;
use testkit::TestSite;

use crate::steps::passwords::with_password;

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for path in ["/login", "/nowhere"] {
        let shown = browser.get(path).await;
        let policy = shown.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
        {
            assert_eq!(shown.header(name), value, "{path}: {name}");
        }
        assert!(!shown.text().contains(" style=") && !shown.text().contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_page_that_leads_on() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.browser().get("/nowhere").await;
    assert_eq!(shown.status, 404);
    assert!(shown.text().contains("There is nothing here.") && shown.text().contains("href=\"/discover\""));
}

#[tokio::test]
async fn a_page_of_our_staff_says_whose_it_is_and_who_is_signed_in() {
    let site = TestSite::new().await;
    let shown = site.cast.customer.browser().get("/staff/refunds").await;
    let page = shown.page();
    assert!(
        shown.status == 403 && page.contains("This page is for our staff. You are signed in as customer."),
        "{page}"
    );
    let page = site.cast.support.browser().get("/staff/gift-cards").await.page();
    assert!(page.contains("This page is for our admins. You are signed in as support."), "{page}");
    assert!(page.contains("href=\"mailto:help@stagedoor.test\""), "{page}");
}

#[tokio::test]
async fn what_is_refused_is_readable_for_browsers_that_take_compressed_pages() {
    let site = TestSite::new().await;
    let mut read = String::new();
    for (path, starts) in [("/nowhere", "<!doctype html>"), ("/login", "<!doctype html>"), ("/api/nowhere", "{")] {
        let shown = site.cast.anonymous.call("GET", path, None, &[("accept-encoding", "gzip")]).await;
        read.clear();
        match shown.header("content-encoding").as_str() {
            "gzip" => GzDecoder::new(shown.body.as_slice()).read_to_string(&mut read).expect("is packed once"),
            "" => shown.body.as_slice().read_to_string(&mut read).expect("is text"),
            other => panic!("{path}: {other} was not asked for"),
        };
        assert!(read.starts_with(starts), "{path}: {read}");
    }
    let away = site.cast.anonymous.call("GET", "/account", None, &[("accept-encoding", "gzip")]).await;
    assert_eq!((away.status, away.header("content-encoding").as_str()), (303, ""));
}

#[tokio::test]
async fn a_list_that_moved_on_is_told_in_words_of_people() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.browser().get("/discover?cursor=of-another-list").await;
    assert_eq!(shown.status, 422);
    assert!(
        shown.text().contains("Begin with the first one.") && !shown.text().contains("cursor is"),
        "{}",
        shown.text()
    );
}

#[tokio::test]
async fn the_manifest_and_the_folders_above_are_not_assets() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for path in ["/assets/manifest.json", "/assets/../Cargo.toml", "/assets/%2e%2e/package.json", "/assets/nothing.css"]
    {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn passwords_are_masked_and_their_fields_say_what_they_are_for() {
    let (site, browser) = with_password().await;
    let mut found = 0;
    let stranger = site.cast.anonymous.browser();
    let pages = ["/login", "/register"].map(|path| (path, &stranger));
    let inside = ["/account", "/account/security", "/account/keys", "/account/passkeys"].map(|path| (path, &browser));
    for (path, browser) in pages.into_iter().chain(inside) {
        let page = browser.get(path).await.page();
        assert!(!page.to_lowercase().contains("onpaste"), "{path}: {page}");
        for field in page.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
            let name = field.split("name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            if name.contains("password") {
                found += 1;
                let says_what = ["current-password", "new-password"].iter().any(|word| field.contains(word));
                assert!(field.contains("type=\"password\"") && says_what, "{path}: {field}");
            }
        }
    }
    assert!(found >= 6, "{found} fields");
}

#[tokio::test]
async fn what_somebody_wrote_is_no_template() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let name = "{{ 7 * 7 }} {% raise %} ${7*7}";
    let named = customer.call("PATCH", "/api/me", Some(&json!({"display_name": name})), &[]).await;
    assert_eq!(named.status, 200, "{}", named.text());
    let page = customer.get("/account").await.page();
    assert!(page.contains(name) && !page.contains("49 "), "{page}");
}

#[tokio::test]
async fn no_other_origin_is_let_in_and_nobody_is_led_from_http_to_https() {
    let site = TestSite::new().await;
    let nobody_s = "01939e00-0000-7000-8000-000000000000";
    let mut asked = 0;
    for entry in access::all().filter(|entry| entry.surface != access::Surface::Machine) {
        let path = entry.path.split('/').map(|part| if part.starts_with('{') { nobody_s } else { part });
        let path = path.collect::<Vec<_>>().join("/");
        for (method, header) in [("OPTIONS", "access-control-request-method"), (entry.method.as_str(), "x-asked-for")] {
            let headers = [
                ("origin", "https://evil.test"),
                (header, "POST"),
                ("x-forwarded-proto", "http"),
                ("idempotency-key", ""),
            ];
            let answer = site.cast.anonymous.call(method, &path, None, &headers).await;
            let opens = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(opens, None, "{method} {path}");
            assert!(!answer.header("location").contains("://"), "{method} {path}: {}", answer.header("location"));
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    site.jobs_may_be_left();
}
