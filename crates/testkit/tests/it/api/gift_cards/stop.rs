//! Stopping a card, and letting it go on.

use serde_json::json;
use testkit::TestSite;

use crate::steps::gifts::{
    card_of, claim, freeze, mailed_code, order_body, own_card, pay_order, redeem, send_to, steps,
};
use crate::steps::journey::{PAYS, faults, text};

#[tokio::test]
async fn a_stopped_card_loses_nothing_and_is_spent_by_nobody() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let stopped = cast.support.post(&format!("/api/gift-cards/{card}/freeze"), &json!({"reason": "A test"})).await;
    let shown = stopped.json();
    assert_eq!((text(&shown, "state"), &shown["balance"]["amount_minor"]), ("frozen", &json!(5_000)));
    let refused = redeem(&cast.customer, &card, 1, "one").await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "card_frozen"));
}

#[tokio::test]
async fn only_staff_stop_cards_and_once() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let (path, why) = (format!("/api/gift-cards/{card}/freeze"), json!({"reason": "A test"}));
    assert_eq!(cast.customer.post(&path, &why).await.status, 403);
    for wrong in ["", "\u{200b}", &"x".repeat(201)] {
        let refused = cast.support.post(&path, &json!({"reason": wrong})).await;
        assert_eq!((refused.status, &refused.problem()["errors"][0]["field"]), (422, &json!("reason")), "{wrong:?}");
    }
    assert_eq!(cast.support.post(&path, &why).await.status, 200);
    let again = cast.support.post(&path, &why).await;
    assert_eq!((again.status, again.code().as_str()), (409, "card_frozen"));
}

#[tokio::test]
async fn a_card_that_goes_on_is_spent_as_before() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let why = json!({"reason": "A test"});
    cast.support.post(&format!("/api/gift-cards/{card}/freeze"), &why).await;
    let path = format!("/api/gift-cards/{card}/unfreeze");
    assert_eq!(text(&cast.support.post(&path, &why).await.json(), "state"), "active");
    assert_eq!(redeem(&cast.customer, &card, 5_000, "one").await.status, 201);
}

#[tokio::test]
async fn what_is_on_its_way_to_somebody_stops_with_the_card_and_goes_on_with_it() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    assert_eq!(send_to(&cast.customer, &card, "friend@elsewhere.test", "send").await.status, 201);
    let code = mailed_code(&site).await;
    assert_eq!(text(&freeze(&site, &card).await.json(), "state"), "frozen");
    let refused = claim(&cast.other_customer, &code, "stopped").await;
    assert_eq!((refused.status, refused.code().as_str()), (404, "code_opens_nothing"));
    let back = cast.customer.post(&format!("/api/gift-cards/{card}/transfers/latest/return"), &json!({})).await;
    assert_eq!((back.status, back.code().as_str()), (409, "card_frozen"));
    let path = format!("/api/gift-cards/{card}/unfreeze");
    assert_eq!(cast.support.post(&path, &json!({"reason": "It was a mistake"})).await.status, 200);
    let claimed = claim(&cast.other_customer, &code, "goes-on").await;
    assert_eq!(claimed.status, 201, "{}", claimed.text());
    let theirs = steps(&cast.other_customer, text(&claimed.json(), "id")).await;
    let kinds: Vec<&str> = theirs.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["issued", "frozen", "unfrozen", "claimed"]);
    // What somebody has claimed is theirs: it does not stop with the card that it came from.
    assert_eq!(freeze(&site, &card).await.status, 200);
    assert_eq!(redeem(&cast.other_customer, text(&claimed.json(), "id"), 1, "theirs").await.status, 201);
    assert_eq!(faults(&site).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_card_that_was_not_stopped_does_not_go_on() {
    let site = TestSite::new().await;
    let card = card_of(&site, &site.cast.customer, "goodwill").await;
    let path = format!("/api/gift-cards/{card}/unfreeze");
    let refused = site.cast.support.post(&path, &json!({"reason": "A test"})).await;
    assert_eq!((refused.status, refused.code().as_str()), (409, "already_done"));
    let nobody_s = "/api/gift-cards/01939e00-0000-7000-8000-000000000000/unfreeze";
    assert_eq!(site.cast.support.post(nobody_s, &json!({"reason": "A test"})).await.status, 404);
}

#[tokio::test]
async fn staff_do_not_let_a_card_of_their_own_go_on() {
    let site = TestSite::new().await;
    let (support, admin) = (&site.cast.support, &site.cast.admin);
    let why = json!({"reason": "A test"});
    let let_go_on = async |card: &str| {
        assert_eq!(admin.post(&format!("/api/gift-cards/{card}/freeze"), &why).await.status, 200);
        let answer = support.post(&format!("/api/gift-cards/{card}/unfreeze"), &why).await;
        (answer.status, if answer.status == 200 { String::new() } else { answer.code() })
    };
    let own_case = (409, "own_case".to_owned());
    // One that they have, one that they bought for a friend, and one that they have sent.
    assert_eq!(let_go_on(&card_of(&site, support, "goodwill").await).await, own_case);
    let ordered = crate::steps::gifts::order(support, &order_body(5_000), "order").await.json();
    assert_eq!(pay_order(support, text(&ordered, "id"), PAYS, "pay").await.status, 200);
    let bought = support.get(&format!("/api/gift-card-orders/{}", text(&ordered, "id"))).await.json();
    assert_eq!(let_go_on(text(&bought, "gift_card_id")).await, own_case);
    let from = own_card(support, 1_000).await;
    assert_eq!(send_to(support, &from, "friend@elsewhere.test", "send").await.status, 201);
    let sent: String = sqlx::query_scalar("SELECT card_id::text FROM gift_card_transfers")
        .fetch_one(site.test_database().database.pool())
        .await
        .expect("it was sent");
    assert_eq!(let_go_on(&sent).await, own_case);
    assert_eq!(let_go_on(&card_of(&site, &site.cast.customer, "goodwill").await).await, (200, String::new()));
    site.run_jobs().await;
}
