//! One batch at a browser, and stopping its cards.

use serde_json::Value;
use testkit::TestSite;

use crate::steps::gifts::{batch, claim, redeem, second_admin};
use crate::steps::journey::text;
use crate::steps::objects::NOBODY_S;

async fn issued(site: &TestSite) -> (Value, String) {
    let issued = site.cast.admin.post("/api/gift-cards/batches", &batch("goodwill", 3, "Fair")).await.json();
    let page = format!("/staff/gift-cards/batches/{}", text(&issued, "id"));
    (issued, page)
}

#[tokio::test]
async fn its_cards_stand_with_what_is_left_on_each() {
    let site = TestSite::new().await;
    let (batch, path) = issued(&site).await;
    let card = claim(&site.cast.customer, text(&batch["cards"][0], "code"), "one").await.json();
    redeem(&site.cast.customer, text(&card, "id"), 1_000, "two").await;
    let page = site.cast.admin.browser().get(&path).await.page();
    assert!(page.contains("<h1>Fair</h1>") && page.contains("A test"), "{page}");
    assert!(page.contains("Spent <b>$10.00</b>") && page.contains("Left <b>$140.00</b>"), "{page}");
    assert!(page.contains(&format!("href=\"/staff/gift-cards/cards/{}\"", text(&card, "id"))), "{page}");
    assert_eq!(page.matches("Not claimed").count(), 2);
    assert!(!page.contains(text(&batch["cards"][1], "code")), "nobody can read the codes again");
}

#[tokio::test]
async fn a_batch_that_never_was_is_missing_and_others_see_none() {
    let site = TestSite::new().await;
    let (_, path) = issued(&site).await;
    let missing = format!("/staff/gift-cards/batches/{NOBODY_S}");
    assert_eq!(site.cast.admin.browser().get(&missing).await.status, 404);
    assert_eq!(site.cast.support.browser().get(&path).await.status, 403);
}

#[tokio::test]
async fn its_cards_are_stopped_and_go_on() {
    let site = TestSite::new().await;
    let (batch, path) = issued(&site).await;
    let admin = site.cast.admin.browser();
    let stop = async |verb| admin.submit(&path, &path, &[("reason", "The list was lost"), ("stop", verb)]).await;
    let stopped = stop("freeze").await;
    assert_eq!((stopped.status, stopped.header("location")), (303, path.clone()));
    let page = admin.get(&path).await.page();
    assert!(page.contains("Let 3 go on") && !page.contains(">Stop 3<"), "{page}");
    assert!(page.contains("<h2>Let them go on</h2>") && !page.contains("<h2>Stop the cards</h2>"), "{page}");
    assert_eq!(claim(&site.cast.customer, text(&batch["cards"][0], "code"), "one").await.status, 404);
    let refused = stop("unfreeze").await;
    assert!(refused.status == 409 && refused.page().contains("a card of your own"), "{}", refused.page());
    let other = second_admin(&site).await.browser();
    let fields = [("reason", "The list was found"), ("stop", "unfreeze")];
    assert_eq!(other.submit(&path, &path, &fields).await.status, 303);
    assert_eq!(claim(&site.cast.customer, text(&batch["cards"][0], "code"), "two").await.status, 201);
}

#[tokio::test]
async fn a_reason_is_asked_for() {
    let site = TestSite::new().await;
    let (_, path) = issued(&site).await;
    let refused = site.cast.admin.browser().submit(&path, &path, &[("reason", " "), ("stop", "freeze")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.fault("reason").starts_with("Use 1 to 200 characters"), "{}", refused.page());
    assert!(refused.page().contains("Stop 3"), "nothing was stopped");
}
