//! One card as our staff see it.

use testkit::TestSite;

use crate::steps::gifts::{card_of, redeem};
use crate::steps::objects::NOBODY_S;

#[tokio::test]
async fn support_sees_its_history_and_its_owner_does_not_come_here() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    redeem(&cast.customer, &card, 1_500, "one").await;
    let path = format!("/staff/gift-cards/cards/{card}");
    let page = cast.support.browser().get(&path).await.page();
    assert!(page.contains("Left of $50.00, Goodwill") && page.contains("Turned into credit"), "{page}");
    assert_eq!(cast.customer.browser().get(&path).await.status, 403);
}

#[tokio::test]
async fn a_card_that_never_was_is_missing() {
    let site = TestSite::new().await;
    let missing = format!("/staff/gift-cards/cards/{NOBODY_S}");
    let support = site.cast.support.browser();
    assert_eq!(support.get(&missing).await.status, 404);
    assert_eq!(support.submit("/account", &missing, &[("reason", "A test"), ("stop", "freeze")]).await.status, 404);
}

#[tokio::test]
async fn it_is_stopped_with_a_reason_and_goes_on() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let (path, support) = (format!("/staff/gift-cards/cards/{card}"), cast.support.browser());
    let form = |verb| [("reason", "It was reported stolen"), ("stop", verb)];
    assert_eq!(support.submit(&path, &path, &form("freeze")).await.header("location"), path);
    let page = support.get(&path).await.page();
    assert!(page.contains("It was reported stolen") && page.contains("Let it go on</button>"), "{page}");
    assert_eq!(redeem(&cast.customer, &card, 1, "one").await.code(), "card_frozen");
    assert_eq!(support.submit(&path, &path, &form("unfreeze")).await.status, 303);
    assert_eq!(redeem(&cast.customer, &card, 1, "two").await.status, 201);
}

#[tokio::test]
async fn what_was_done_already_and_a_reason_that_is_missing_are_told() {
    let site = TestSite::new().await;
    let card = card_of(&site, &site.cast.customer, "goodwill").await;
    let (path, support) = (format!("/staff/gift-cards/cards/{card}"), site.cast.support.browser());
    let refused = support.submit(&path, &path, &[("reason", ""), ("stop", "freeze")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.fault("reason").starts_with("Use 1 to 200 characters"), "{}", refused.page());
    let refused = support.submit(&path, &path, &[("reason", "Sorry"), ("stop", "unfreeze")]).await;
    assert_eq!((refused.status, refused.typed("reason").as_str()), (409, "Sorry"));
    assert!(refused.page().contains("This was done already."), "{}", refused.page());
}
