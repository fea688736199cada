//! The API as a page.

use testkit::TestSite;

#[tokio::test]
async fn the_page_shows_every_area_and_runs_no_script() {
    let site = TestSite::new().await;
    let page = site.cast.anonymous.get("/api/docs").await;
    assert_eq!(page.status, 200);
    for area in ["accounts", "bookings", "calendars", "catalog", "payments"] {
        assert!(page.text().contains(&format!("<h2 id='{area}'>")), "{area}");
    }
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!page.text().contains("<script"));
}

#[tokio::test]
async fn the_page_shows_every_call_and_who_may_make_it() {
    let site = TestSite::new().await;
    let page = site.cast.anonymous.get("/api/docs").await.text();
    for entry in access::all().filter(|entry| entry.surface == access::Surface::Api) {
        assert!(page.contains(&format!("<code>{}</code>", entry.path)), "{}", entry.path);
    }
    assert!(
        page.contains("an API key with the scope <code>bookings:write</code>")
            && page.contains("Anybody may call this.")
    );
}
