//! A person's cards and credit on one page.

use testkit::TestSite;

use crate::steps::gifts::{card_of, freeze, redeem, send_to};

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
