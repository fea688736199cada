//! What browsers and crawlers ask for at fixed addresses.

use access::{Entry, Method, Policy, Surface};
use testkit::TestSite;

/// The beginnings of addresses that crawlers stay away from.
async fn disallowed(site: &TestSite) -> Vec<String> {
    let robots = site.cast.anonymous.browser().get("/robots.txt").await;
    assert_eq!((robots.status, robots.header("content-type").as_str()), (200, "text/plain; charset=utf-8"));
    assert_eq!(robots.header("cache-control"), "public, max-age=86400");
    let text = robots.text();
    assert!(text.starts_with("User-agent: *\n"), "{text}");
    text.lines().filter_map(|line| line.strip_prefix("Disallow: ")).map(str::to_owned).collect()
}

#[tokio::test]
async fn crawlers_stay_away_from_whatever_is_somebody_s_own() {
    let site = TestSite::new().await;
    let disallowed = disallowed(&site).await;
    let own = |entry: &&Entry| {
        entry.surface == Surface::Page && entry.method == Method::Get && entry.policy != Policy::Public
    };
    let own: Vec<&Entry> = access::all().filter(own).collect();
    assert!(own.len() > 8, "{}", own.len());
    for entry in own {
        assert!(disallowed.iter().any(|begin| entry.path.starts_with(begin.as_str())), "{} is crawled", entry.path);
    }
    for begin in ["/api/", "/mailbox", "/gallery", "/reset", "/verify"] {
        assert!(disallowed.iter().any(|line| line == begin), "{begin} is crawled");
    }
}

#[tokio::test]
async fn crawlers_find_the_profiles_and_the_search() {
    let site = TestSite::new().await;
    let disallowed = disallowed(&site).await;
    for path in ["/", "/discover", "/categories/music", "/celebrities/ada-quill", "/help/ranking", "/portraits/1"] {
        assert!(!disallowed.iter().any(|begin| path.starts_with(begin.as_str())), "{path} is kept from crawlers");
    }
    let home = site.cast.anonymous.browser().get("/").await.text();
    assert!(home.contains("<meta name=\"description\" content=\"Book a call"), "{home}");
}

#[tokio::test]
async fn the_icon_at_its_old_address_leads_to_the_one_of_the_pages() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let icon = browser.get("/favicon.ico").await;
    assert_eq!((icon.status, icon.header("cache-control").as_str()), (303, "public, max-age=86400"));
    let home = browser.get("/").await.page();
    assert!(home.contains(&format!("<link rel=\"icon\" href=\"{}\"", icon.header("location"))), "{home}");
}

#[tokio::test]
async fn the_icon_is_a_picture() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let place = browser.get("/favicon.ico").await.header("location");
    let picture = browser.get(&place).await;
    assert_eq!(
        (picture.status, picture.header("content-type").as_str()),
        (200, "image/svg+xml; charset=utf-8"),
        "{place}"
    );
    assert!(picture.text().contains("<svg"), "{}", picture.text());
}
