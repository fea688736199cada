//! The gallery, in development.

use testkit::TestSite;

#[tokio::test]
async fn the_gallery_leads_to_every_sample_signed_in_and_out() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let gallery = browser.get_here("/gallery").await.page();
    let links = |side: &str| gallery.matches(&format!("href=\"/gallery/pages/{side}/")).count();
    assert!(links("in") > 80 && links("in") == links("out"), "{} and {}", links("in"), links("out"));
    let first = gallery.split("href=\"/gallery/pages/").nth(1).and_then(|rest| rest.split('"').next());
    let first = format!("/gallery/pages/{}", first.expect("a sample"));
    assert_eq!(browser.get_here(&first).await.status, 200, "{first}");
}

#[tokio::test]
async fn nobody_elsewhere_sees_the_gallery() {
    let site = TestSite::new().await;
    let admin = site.cast.admin.browser();
    for path in ["/gallery", "/gallery/pages/in/home/home/full", "/gallery/portraits/1.svg"] {
        assert_eq!(admin.get_here(path).await.status, 200, "{path}");
        assert_eq!(admin.get(path).await.status, 404, "{path}");
        assert_eq!(site.cast.admin.from("192.0.2.7").browser().get_here(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_sample_is_drawn_for_a_stranger_and_for_somebody_signed_in() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let stranger = browser.get_here("/gallery/pages/out/bookings/show/confirmed").await.page();
    let signed_in = browser.get_here("/gallery/pages/in/bookings/show/confirmed").await.page();
    assert!(signed_in.contains("noor@example.test") && !signed_in.contains("href=\"/login\""), "{signed_in}");
    assert!(!stranger.contains("noor@example.test") && stranger.contains("href=\"/login\""), "{stranger}");
}

#[tokio::test]
async fn a_sample_that_is_not_there_is_not_found() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for sample in
        ["bookings/show/nothing", "bookings/nothing/confirmed", "nothing/show/confirmed", "..%2F../auth/login/plain"]
    {
        assert_eq!(browser.get_here(&format!("/gallery/pages/in/{sample}")).await.status, 404, "{sample}");
    }
}

#[tokio::test]
async fn a_portrait_is_a_picture_that_samples_show() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    let sample = browser.get_here("/gallery/pages/out/home/home/full").await.page();
    let picture = sample.split("\"/gallery/portraits/").nth(1).and_then(|rest| rest.split('"').next());
    let portrait = browser.get_here(&format!("/gallery/portraits/{}", picture.expect("a portrait"))).await;
    assert_eq!((portrait.status, portrait.header("content-type").as_str()), (200, "image/svg+xml"));
    assert!(portrait.text().contains("<svg"), "{}", portrait.text());
}

#[tokio::test]
async fn a_portrait_that_is_not_there_is_not_found() {
    let site = TestSite::new().await;
    let browser = site.cast.anonymous.browser();
    for file in ["0.svg", "255.svg", "256.svg", "-1.svg", "one.svg", "..%2F..%2FCargo.toml"] {
        assert_eq!(browser.get_here(&format!("/gallery/portraits/{file}")).await.status, 404, "{file}");
    }
}
