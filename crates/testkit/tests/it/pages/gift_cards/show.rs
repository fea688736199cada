//! One card and its history.

use testkit::TestSite;

use crate::steps::gifts::{card_of, claim, freeze, mailed_code, redeem, send_to};
use crate::steps::journey::text;

#[tokio::test]
async fn each_step_stands_with_what_was_left_after_it() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    redeem(customer, &card, 1_500, "one").await;
    freeze(&site, &card).await;
    let page = customer.browser().get(&format!("/account/gift-cards/{card}")).await.page();
    assert!(page.contains("<h1>$35.00 <span class=\"of\">of $50.00</span></h1>"), "{page}");
    let steps: Vec<&str> = page.split("<p class=\"what\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(steps, ["Issued", "Claimed", "Turned into credit", "Stopped by our team"]);
    assert!(page.contains("<p class=\"change\">−$15.00</p>") && page.contains("It was reported stolen"), "{page}");
    assert!(!page.contains("Send it to somebody"), "what is stopped stays where it is: {page}");
}

#[tokio::test]
async fn others_find_nothing_there_and_staff_have_a_page_of_their_own() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    for caller in [&cast.other_customer, &cast.support, &cast.admin] {
        assert_eq!(caller.browser().get(&format!("/account/gift-cards/{card}")).await.status, 404);
    }
}

#[tokio::test]
async fn sender_and_receiver_see_their_own_side_of_a_card_that_was_sent() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    send_to(&cast.customer, &card, "friend@example.net", "one").await;
    let path = format!("/account/gift-cards/{card}");
    let page = cast.customer.browser().get(&path).await.page();
    assert!(page.contains("$50.00 to friend@example.net, just now") && page.contains(">Take it back<"), "{page}");
    let claimed = claim(&cast.other_customer, &mailed_code(&site).await, "two").await.json();
    let page = cast.customer.browser().get(&path).await.page();
    assert!(page.contains(">Arrived<") && !page.contains(">Take it back<"), "{page}");
    let page = cast.other_customer.browser().get(&format!("/account/gift-cards/{}", text(&claimed, "id"))).await.page();
    assert!(page.contains("from customer") && page.contains("For your show"), "{page}");
    assert!(page.contains("Sent by e-mail as a card of its own") && !page.contains("friend@example.net"), "{page}");
}
