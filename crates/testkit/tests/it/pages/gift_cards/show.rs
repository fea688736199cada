//! One card and its history.

use testkit::{TestCaller, TestSite};

use crate::steps::gifts::{
    bought_code, card_of, claim, freeze, mailed_code, order_id, own_card, pay_order, redeem, send_to,
};
use crate::steps::journey::{PAYS, text};

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
    assert!(page.contains("Stopped by our team on ") && page.contains(": It was reported stolen. Meanwhile"), "{page}");
    assert!(!page.contains("Works to the end") && !page.contains("No last day."), "{page}");
}

#[tokio::test]
async fn a_bought_card_says_by_whom() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let first_step = async |caller: &TestCaller, path: &str| {
        let page = caller.browser().get(path).await.page();
        let step = page.split("<p class=\"what\">").nth(1).and_then(|rest| rest.split('<').next());
        step.unwrap_or_else(|| panic!("no steps: {page}")).to_owned()
    };
    let own = own_card(&cast.customer, 5_000).await;
    assert_eq!(first_step(&cast.customer, &format!("/account/gift-cards/{own}")).await, "Bought by you");
    assert_eq!(first_step(&cast.support, &format!("/staff/gift-cards/cards/{own}")).await, "Bought");
    let order = order_id(&cast.customer).await;
    pay_order(&cast.customer, &order, PAYS, "one").await;
    let claimed = claim(&cast.other_customer, &bought_code(&site).await, "two").await.json();
    let path = format!("/account/gift-cards/{}", text(&claimed, "id"));
    assert_eq!(first_step(&cast.other_customer, &path).await, "Bought for you");
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
