//! A person's cards and credit on one page.

use testkit::TestSite;

use crate::steps::chargebacks::{doubtful_card, hours};
use crate::steps::gifts::{
    bought_code, card_of, claim, freeze, order, order_body, order_id, own_card, pay_order, redeem, send_to,
};
use crate::steps::journey::{PAYS, text};

const PAGE: &str = "/account/gift-cards";

#[tokio::test]
async fn cards_stand_with_what_is_left_and_credit_beside_them() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let spent = card_of(&site, customer, "goodwill").await;
    redeem(customer, &spent, 1_500, "one").await;
    card_of(&site, customer, "promotional").await;
    let stopped = card_of(&site, customer, "goodwill").await;
    freeze(&site, &stopped).await;
    let sent = card_of(&site, customer, "goodwill").await;
    send_to(customer, &sent, "friend@example.net", "two").await;
    let page = customer.browser().get(PAGE).await.page();
    assert!(page.contains("<h1>Gift cards and credit</h1>"), "{page}");
    // What is stopped or on its way cannot be spent.
    assert!(page.contains("<li>$85.00</li>") && page.contains("<li>$15.00</li>"), "{page}");
    assert!(page.contains(&format!("href=\"{PAGE}/{spent}\">$35.00 <span class=\"of\">of $50.00</span>")), "{page}");
    for state in ["Ready to spend", "Stopped", "Sent, not claimed yet"] {
        assert!(page.contains(&format!(">{state}</span>")), "{state}");
    }
    site.run_jobs().await;
}

#[tokio::test]
async fn a_purchase_whose_payment_a_bank_took_back_is_not_called_returned() {
    let site = TestSite::new().await;
    doubtful_card(&site.cast.customer, 5_000).await;
    hours(&site, 2).await;
    let page = site.cast.customer.signed_in_anew(&site).await.browser().get(PAGE).await.page();
    assert!(page.contains(">Charged back</span>") && !page.contains(">Returned</span>"), "{page}");
}

#[tokio::test]
async fn whoever_has_none_is_told_where_cards_come_from() {
    let site = TestSite::new().await;
    card_of(&site, &site.cast.customer, "goodwill").await;
    let page = site.cast.other_customer.browser().get(PAGE).await.page();
    for words in ["No cards yet.", "Nothing to spend on a card right now.", "No credit yet.", "href=\"/claim\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let stranger = site.cast.anonymous.browser().get(PAGE).await;
    assert_eq!(stranger.header("location"), "/login?return_to=%2Faccount%2Fgift-cards");
}

#[tokio::test]
async fn cards_that_were_bought_are_found_again() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    own_card(customer, 2_000).await;
    let returned = order_id(customer).await;
    pay_order(customer, &returned, PAYS, "one").await;
    customer.browser().submit("/gift-cards", &format!("/gift-cards/{returned}/return"), &[]).await;
    let given = order(customer, &order_body(7_000), "two").await.json();
    pay_order(customer, text(&given, "id"), PAYS, "two").await;
    let open = order(customer, &order_body(3_000), "three").await.json();
    let lapsed = order(customer, &order_body(4_000), "four").await.json();
    let ends = "UPDATE gift_card_orders SET pay_by = created_at WHERE value_minor = 4000";
    sqlx::query(ends).execute(site.test_database().database.pool()).await.expect("updates");
    let shown = async || {
        let page = customer.browser().get(PAGE).await.page();
        let list =
            page.split_once("Cards you bought</h2>").expect("a section").1.split("</ul>").next().expect("a list");
        list.to_owned()
    };
    let list = shown().await;
    for (order, words, badge) in [
        (text(&open, "id"), "$30.00</b> for Ada", "To pay"),
        (text(&given, "id"), "$70.00</b> for Ada", "Paid"),
        (returned.as_str(), "$50.00</b> for Ada", "Returned"),
    ] {
        let line = list.split("<li").find(|line| line.contains(&format!("href=\"/gift-cards/{order}\"")));
        let line = line.unwrap_or_else(|| panic!("{words}: {list}"));
        assert!(line.contains(words) && line.contains(&format!(">{badge}<")), "{badge}: {line}");
    }
    assert!(list.contains("$20.00</b> for yourself") && !list.contains(text(&lapsed, "id")), "{list}");
    site.run_jobs().await;
    assert!(shown().await.contains(">Delivered<"));
    let code = bought_code(&site).await;
    assert_eq!(claim(&site.cast.other_customer, &code, "five").await.status, 201);
    assert!(shown().await.contains(">Claimed<") && !shown().await.contains(">Delivered<"));
    let other = site.cast.other_customer.browser().get(PAGE).await.page();
    assert!(!other.contains("Cards you bought"), "{other}");
}

#[tokio::test]
async fn many_cards_are_read_page_by_page() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    for _ in 0..13 {
        card_of(&site, customer, "promotional").await;
    }
    let browser = customer.browser();
    let first = browser.get(PAGE).await.page();
    let count = |page: &str| page.matches("class=\"gift-line\"").count();
    let next = first.split("href=\"/account/gift-cards?cursor=").nth(1).and_then(|rest| rest.split('"').next());
    let rest = browser.get(&format!("{PAGE}?cursor={}", next.expect("there are more"))).await.page();
    assert_eq!((count(&first), count(&rest)), (12, 1));
    assert!(rest.contains("<li>$650.00</li>") && !rest.contains("Older cards"), "{rest}");
}
