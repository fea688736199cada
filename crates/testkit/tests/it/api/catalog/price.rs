//! The total of one offering.

use testkit::TestSite;

#[tokio::test]
async fn the_total_has_the_fee_in_it() {
    let site = TestSite::new().await;
    let price = site.cast.anonymous.get(&format!("/api/offerings/{}/price", site.cast.star.video.id)).await.json();
    let minor = |name: &str| price[name]["amount_minor"].as_i64().unwrap();
    assert_eq!(minor("price"), 8_000);
    assert!(minor("service_fee") > 0 && minor("total") == minor("price") + minor("service_fee"), "{price}");
    let missing = site.cast.anonymous.get("/api/offerings/01939e00-0000-7000-8000-000000000000/price").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
}

#[tokio::test]
async fn what_is_no_id_is_no_offering() {
    let site = TestSite::new().await;
    let missing = site.cast.anonymous.get("/api/offerings/not-an-id/price").await;
    assert_eq!((missing.status, missing.code().as_str()), (404, "not_found"));
}
