//! Gift cards and credit on the checkout, in a browser without script.

use testkit::TestSite;

use crate::steps::gifts::{card_of, card_with, give_credit, left_on};
use crate::steps::journey::{PAYS, booked, faults, look, status, text};

async fn leg_of(site: &TestSite, booking: &serde_json::Value) -> String {
    let payment = look(&site.cast.customer, booking).await["payment"].clone();
    text(&payment["legs"][0], "id").to_owned()
}

#[tokio::test]
async fn a_gift_card_is_applied_taken_back_and_pays_with_a_bank_card() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let browser = customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let [applied, withdrawn] = ["applied", "withdrawn"].map(|step| format!("{checkout}/{step}"));
    let page = browser.get(&checkout).await.page();
    assert!(page.contains("aria-label=\"Use it: Gift card ending in"), "{page}");
    assert!(page.contains("<span>To pay, with everything in it</span> <b>$262.50</b>"), "{page}");

    assert_eq!(browser.submit(&checkout, &applied, &[("gift_card", &card)]).await.header("location"), checkout);
    let page = browser.get(&checkout).await.page();
    let heading = "<span>Left to pay</span> <b>$212.50</b> <span>of $262.50, with everything in it</span>";
    assert!(page.contains(heading) && page.contains("Pay $212.50"), "{page}");
    assert!(page.contains("<dd>−$50.00</dd>") && page.contains("<dt>Still to pay</dt><dd>$212.50</dd>"), "{page}");
    let twice = browser.submit(&checkout, &applied, &[("gift_card", &card)]).await;
    assert!(twice.page().contains("Take it back first"), "{}", twice.page());

    let leg = leg_of(&site, &booking).await;
    assert_eq!(browser.submit(&checkout, &withdrawn, &[("leg", &leg)]).await.header("location"), checkout);
    assert_eq!(left_on(customer, &card).await, 5_000);
    assert!(browser.get(&checkout).await.page().contains("Pay $262.50"));

    browser.submit(&checkout, &applied, &[("gift_card", &card)]).await;
    browser.submit(&checkout, &checkout, &[("number", PAYS)]).await;
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn what_covers_the_price_pays_without_a_bank_card() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_with(&site, customer, "goodwill", 20_000, "USD").await;
    give_credit(&site, customer, 10_000).await;
    let browser = customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    let [applied, covered] = ["applied", "covered"].map(|step| format!("{checkout}/{step}"));
    browser.submit(&checkout, &applied, &[("gift_card", &card)]).await;
    let early = browser.submit(&checkout, &covered, &[]).await;
    assert!(early.page().contains("$62.50 of the price is still missing"), "{}", early.page());
    browser.submit(&checkout, &applied, &[]).await;
    let shown = browser.get(&checkout).await.page();
    assert!(shown.contains("Pay $262.50 with these") && !shown.contains("Card number"), "{shown}");
    assert_eq!(browser.submit(&checkout, &covered, &[]).await.header("location"), page);
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
    assert!(faults(&site).await.is_empty());
}

#[tokio::test]
async fn value_of_another_currency_or_person_is_not_offered() {
    let (site, booking) = booked().await;
    let cast = &site.cast;
    card_with(&site, &cast.customer, "goodwill", 5_000, "EUR").await;
    let theirs = card_of(&site, &cast.other_customer, "goodwill").await;
    let browser = cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    assert!(!browser.get(&checkout).await.page().contains("id=\"tender\""));
    let refused = browser.submit(&checkout, &format!("{checkout}/applied"), &[("gift_card", &theirs)]).await;
    assert_eq!(refused.status, 404);
    site.jobs_may_be_left();
}

#[tokio::test]
async fn what_was_never_applied_cannot_be_taken_back() {
    let (site, booking) = booked().await;
    let browser = site.cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let nothing = "01939e00-0000-7000-8000-000000000000";
    let refused = browser.submit(&checkout, &format!("{checkout}/withdrawn"), &[("leg", nothing)]).await;
    assert!(refused.page().contains("Nothing is set aside there any more."), "{}", refused.page());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn another_s_checkout_is_missing() {
    let (site, booking) = booked().await;
    let stranger = site.cast.other_customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    for step in ["applied", "covered", "withdrawn"] {
        let leg = [("leg", "01939e00-0000-7000-8000-000000000000")];
        let answer = stranger.submit("/gift-cards", &format!("{checkout}/{step}"), &leg).await;
        assert_eq!(answer.status, 404, "{step}");
    }
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_booking_that_is_paid_takes_nothing_more() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let browser = customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    browser.submit(&checkout, &checkout, &[("number", PAYS)]).await;
    for (step, form) in [("applied", vec![("gift_card", card.as_str())]), ("covered", vec![])] {
        let late = browser.submit("/gift-cards", &format!("{checkout}/{step}"), &form).await;
        assert_eq!((late.status, late.header("location")), (303, page.clone()), "{step}");
    }
    assert_eq!(left_on(customer, &card).await, 5_000);
    site.run_jobs().await;
}
