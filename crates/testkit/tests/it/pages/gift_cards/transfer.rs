//! Sending a card, and taking it back, at a browser.

use testkit::{TestBrowser, TestResponse, TestSite};

use crate::steps::gifts::{card_of, claim, mailed_code, redeem, send_to};

/// A card of the customer's, with the addresses of its page and of the form that sends it.
async fn card(site: &TestSite) -> (TestBrowser, String, String) {
    let card = card_of(site, &site.cast.customer, "goodwill").await;
    (
        site.cast.customer.browser(),
        format!("/account/gift-cards/{card}"),
        format!("/account/gift-cards/{card}/transfer"),
    )
}

async fn send(browser: &TestBrowser, form: &str, email: &str, message: &str) -> TestResponse {
    browser.submit("/account", form, &[("email", email), ("message", message)]).await
}

#[tokio::test]
async fn the_form_shows_the_card_as_its_receiver_will_see_it() {
    let site = TestSite::new().await;
    let (browser, _, form) = card(&site).await;
    let page = browser.get(&form).await.page();
    assert!(page.contains("<h1>Send $50.00 to somebody</h1>") && page.contains("from customer"), "{page}");
    assert!(page.contains("Until they claim it, you can take it back."), "{page}");
}

#[tokio::test]
async fn what_cannot_be_sent_leads_back_to_the_card() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let promotional = card_of(&site, customer, "promotional").await;
    let empty = card_of(&site, customer, "goodwill").await;
    redeem(customer, &empty, 5_000, "all").await;
    for card in [promotional, empty] {
        let path = format!("/account/gift-cards/{card}");
        let sent_on = customer.browser().get(&format!("{path}/transfer")).await;
        assert_eq!((sent_on.status, sent_on.header("location")), (303, path));
    }
}

#[tokio::test]
async fn a_card_is_sent_and_claimed_by_whoever_got_the_mail() {
    let site = TestSite::new().await;
    let (browser, page, form) = card(&site).await;
    let sent = send(&browser, &form, "friend@example.net", "For your show").await;
    assert_eq!((sent.status, sent.header("location")), (303, page.clone()), "{}", sent.page());
    let code = mailed_code(&site).await;
    assert!(!browser.get(&page).await.page().contains(&code), "the sender does not learn the code");
    assert_eq!(claim(&site.cast.other_customer, &code, "one").await.status, 201);
    let again = send(&browser, &form, "friend@example.net", "").await;
    assert_eq!((again.status, again.header("location")), (303, page), "nothing is left to send");
}

#[tokio::test]
async fn what_was_typed_comes_back_with_what_is_wrong() {
    let site = TestSite::new().await;
    let (browser, page, form) = card(&site).await;
    let refused = send(&browser, &form, "friend@", "See www.evil.test").await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("email"), "This should be an e-mail address, such as name@example.org.");
    assert_eq!(refused.fault("message"), "Leave links out: the card comes with the only one that it needs.");
    assert_eq!(refused.typed("email"), "friend@");
    assert!(refused.page().contains("See www.evil.test</textarea>"), "{}", refused.page());
    assert!(browser.get(&page).await.page().contains("Ready to spend"));
}

#[tokio::test]
async fn a_card_comes_back_until_it_is_claimed() {
    let site = TestSite::new().await;
    let (browser, page, form) = card(&site).await;
    send(&browser, &form, "friend@example.net", "").await;
    let code = mailed_code(&site).await;
    let take_back = browser.get(&page).await.action(&format!("{form}/return"));
    let back = browser.submit(&page, &take_back, &[]).await;
    assert_eq!((back.status, back.header("location")), (303, page.clone()));
    let shown = browser.get(&page).await.page();
    assert!(shown.contains("<h1>$50.00</h1>") && shown.contains("Taken back before it was claimed"), "{shown}");
    assert_eq!(claim(&site.cast.other_customer, &code, "one").await.status, 404);
}

#[tokio::test]
async fn what_was_claimed_does_not_come_back_and_others_take_nothing_back() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let card = card_of(&site, &cast.customer, "goodwill").await;
    let path = format!("/account/gift-cards/{card}/transfer/return");
    send_to(&cast.customer, &card, "friend@example.net", "one").await;
    assert_eq!(cast.other_customer.browser().submit("/account", &path, &[]).await.status, 404);
    assert_eq!(claim(&cast.other_customer, &mailed_code(&site).await, "two").await.status, 201);
    let late = cast.customer.browser().submit("/account", &path, &[]).await;
    assert_eq!(late.status, 409);
    assert!(late.page().contains("whoever it was sent to has claimed it"), "{}", late.page());
}
