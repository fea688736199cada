//! What holds for every page: headers, errors as pages, themes, assets.

use http::StatusCode;

use crate::browser::Browser;

#[tokio::test]
async fn every_page_forbids_what_it_does_not_need() {
    let browser = Browser::new().await;
    for path in ["/login", "/nowhere"] {
        let shown = browser.get(path).await;
        let policy = shown.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
        {
            assert_eq!(shown.header(name), value, "{path}: {name}");
        }
        assert!(!shown.body.contains(" style=") && !shown.body.contains("<script>"), "{path}");
    }
}

#[tokio::test]
async fn an_unknown_address_is_a_page_that_leads_on() {
    let shown = Browser::new().await.get("/nowhere").await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert!(shown.body.contains("Nobody behind this door.") && shown.body.contains("href=\"/discover\""));
}

#[tokio::test]
async fn the_theme_is_kept_and_leads_back_to_the_page() {
    let browser = Browser::new().await;
    let shown = browser.post("/theme", "", &[("theme", "dark"), ("return_to", "/login?return_to=%2Fbookings")]).await;
    assert_eq!(shown.location(), "/login?return_to=%2Fbookings");
    assert!(browser.get("/login").await.body.contains("<html lang=\"en\" data-theme=\"dark\">"));
}

#[tokio::test]
async fn the_manifest_and_the_folders_above_are_not_assets() {
    let browser = Browser::new().await;
    for path in ["/assets/manifest.json", "/assets/../Cargo.toml", "/assets/%2e%2e/package.json", "/assets/nothing.css"]
    {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_gallery_and_the_mailbox_open_in_development() {
    let browser = Browser::new().await;
    let gallery = browser.get("/gallery").await;
    assert!(gallery.body.contains("/gallery/pages/in/home/home/full") || gallery.body.contains("home&#x2f;full"));
    assert_eq!(browser.get("/gallery/pages/in/bookings/show/confirmed").await.status, StatusCode::OK);
    assert_eq!(browser.get("/mailbox").await.status, StatusCode::OK);
    assert_eq!(browser.get("/mailbox/not-a-mail").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn crawlers_and_old_browsers_find_what_they_ask_for() {
    let browser = Browser::new().await;
    let robots = browser.get("/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type")), (StatusCode::OK, "text/plain; charset=utf-8"));
    for hidden in ["/api/", "/account", "/bookings", "/mailbox"] {
        assert!(robots.body.lines().any(|line| line == format!("Disallow: {hidden}")), "{hidden}");
    }
    let icon = browser.get("/favicon.ico").await;
    assert!(icon.location().starts_with("/assets/"), "{}", icon.location());
    let home = browser.get("/").await;
    assert!(home.body.contains("<meta name=\"description\" content=\"Book a call"), "{}", home.body);
}
