//! What holds for every page: headers, errors as pages, assets.

use std::io::Read as _;

use flate2::read::GzDecoder;
use testkit::TestSite;

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
