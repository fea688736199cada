//! Refunds beyond the policy, as our staff see them.

use testkit::TestSite;

use crate::steps::gifts::{bought_card, redeem};
use crate::steps::journey::{at, book, kept_booking, provider_keeps, text};
use crate::steps::objects::NOBODY_S;
use crate::steps::refund_requests::{ask, asked, decide, two_of_staff};

const PAGE: &str = "/staff/refunds";

#[tokio::test]
async fn staff_come_from_the_booking_and_others_do_not_come_here() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, _) = two_of_staff(&site).await;
    let shown = support.browser().get(&format!("/bookings/{}", text(&booking, "id"))).await.page();
    let form = format!("{PAGE}?booking={}", text(&booking, "id"));
    assert!(shown.contains(&form), "{shown}");
    let page = support.browser().get(&form).await.page();
    assert!(page.contains("At most $262.50") && page.contains(text(&booking, "reference")), "{page}");
    let customer = site.cast.customer.signed_in_anew(&site).await.browser();
    assert_eq!(customer.get(PAGE).await.status, 403);
    assert!(!customer.get(&format!("/bookings/{}", text(&booking, "id"))).await.page().contains(PAGE));
    site.run_jobs().await;
}

#[tokio::test]
async fn the_list_says_who_asked_who_decided_and_leaves_no_own_one_to_approve() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    assert!(support.browser().get(PAGE).await.page().contains("Nothing was asked for yet."));
    let id = asked(&support, &booking, 1_250, "one").await;
    let own = support.browser().get(PAGE).await.page();
    assert!(own.contains("$12.50") && own.contains("Take it back") && !own.contains(">Approve<"), "{own}");
    let other = admin.browser().get(PAGE).await.page();
    assert!(other.contains("support asked") && other.contains(">Approve<"), "{other}");
    let of_another =
        format!("{PAGE}?booking={}", text(&book(&support, &site.cast.other_star, at(&site, 9, 10)).await, "id"));
    assert!(!support.browser().get(&of_another).await.page().contains("$12.50"), "a booking's page lists its own");
    decide(&admin, &id, "refusal", "two").await;
    let after = support.browser().get(PAGE).await.page();
    assert!(after.contains("admin declined") && !after.contains("Take it back"), "{after}");
    site.run_jobs().await;
}

#[tokio::test]
async fn the_form_asks_in_the_currency_of_the_booking() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let browser = two_of_staff(&site).await.0.browser();
    let fields = |amount| [("booking", text(&booking, "id")), ("amount", amount), ("reason", "Rain")];
    let form = format!("{PAGE}?booking={}", text(&booking, "id"));
    let done = browser.submit(&form, PAGE, &fields("100.01")).await;
    assert_eq!((done.status, done.header("location").as_str()), (303, PAGE), "{}", done.page());
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("$100.01") && page.contains("Waits for somebody else"), "{page}");
    site.run_jobs().await;
}

#[tokio::test]
async fn a_button_pressed_twice_asks_once() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let browser = two_of_staff(&site).await.0.browser();
    let shown = browser.get(&format!("{PAGE}?booking={}", text(&booking, "id"))).await;
    let attempt = shown.attempt_of(PAGE).expect("the form has an attempt");
    let send = async |amount: &str| {
        let fields =
            [("attempt", &*attempt), ("booking", text(&booking, "id")), ("amount", amount), ("reason", "Rain")];
        browser.post(PAGE, &shown.csrf(), &fields).await
    };
    let (first, second) = tokio::join!(send("100.01"), send("100.01"));
    assert_eq!((first.status, second.status), (303, 303));
    assert_eq!(browser.get(PAGE).await.page().matches(">$100.01<").count(), 1);
    let changed = send("10").await;
    assert!(changed.status == 409 && changed.page().contains("the first one counts"), "{}", changed.page());
    let fields = [("booking", text(&booking, "id")), ("amount", "10"), ("reason", "Rain")];
    let form = format!("{PAGE}?booking={}", text(&booking, "id"));
    assert_eq!(browser.submit(&form, PAGE, &fields).await.status, 303);
    site.run_jobs().await;
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_with_what_was_typed() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let browser = two_of_staff(&site).await.0.browser();
    let form = format!("{PAGE}?booking={}", text(&booking, "id"));
    let send = async |amount: &str, reason: &str| {
        browser.submit(&form, PAGE, &[("booking", text(&booking, "id")), ("amount", amount), ("reason", reason)]).await
    };
    let refused = send("all", "Rain").await;
    assert_eq!((refused.status, refused.typed("amount").as_str()), (422, "all"));
    assert!(refused.fault("amount").starts_with("Write an amount"), "{}", refused.page());
    let refused = send("0", "").await;
    assert!(refused.fault("amount").contains("more than nothing") && !refused.fault("reason").is_empty());
    let refused = send("262.51", "Rain").await;
    assert_eq!(refused.status, 409);
    assert!(refused.page().contains("A refund cannot exceed what was paid."), "{}", refused.page());
    site.run_jobs().await;
}

#[tokio::test]
async fn another_one_approves_with_a_button() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    let id = asked(&support, &booking, 26_250, "one").await;
    let action = format!("{PAGE}/{id}");
    let own = support.browser().submit(PAGE, &action, &[("decision", "approve")]).await;
    assert_eq!(own.status, 409);
    assert!(own.page().contains("somebody else has to approve it"), "{}", own.page());
    let done = admin.browser().submit(PAGE, &action, &[("decision", "approve")]).await;
    assert_eq!((done.status, done.header("location").as_str()), (303, PAGE));
    site.run_jobs().await;
    assert_eq!(provider_keeps(&site).await, 0);
}

#[tokio::test]
async fn a_decision_is_final_and_one_that_never_was_is_missing() {
    let site = TestSite::new().await;
    let booking = kept_booking(&site).await;
    let (support, admin) = two_of_staff(&site).await;
    assert_eq!(ask(&support, &booking, 1, "one").await.status, 201);
    let id = asked(&support, &booking, 2, "two").await;
    let browser = admin.browser();
    assert_eq!(browser.submit(PAGE, &format!("{PAGE}/{id}"), &[("decision", "decline")]).await.status, 303);
    let again = browser.submit(PAGE, &format!("{PAGE}/{id}"), &[("decision", "approve")]).await;
    assert_eq!(again.status, 409);
    assert!(again.page().contains("This was decided already."), "{}", again.page());
    let missing = browser.submit(PAGE, &format!("{PAGE}/{NOBODY_S}"), &[("decision", "approve")]).await;
    assert_eq!(missing.status, 404);
    site.run_jobs().await;
}

#[tokio::test]
async fn staff_come_from_the_order_of_a_gift_card_too() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    bought_card(customer, 5_000, "EUR").await;
    let order = customer.get("/api/gift-card-orders").await.json()["items"][0].clone();
    let browser = two_of_staff(&site).await.0.browser();
    let form = format!("{PAGE}?order={}", text(&order, "id"));
    let page = browser.get(&format!("/gift-cards/{}", text(&order, "id"))).await.page();
    assert!(page.contains(&form) && !page.contains("Return it"), "{page}");
    assert!(browser.get(&form).await.page().contains("At most €50.00"));
    let fields = [("order", text(&order, "id")), ("amount", "12.50"), ("reason", "Rain")];
    assert_eq!(browser.submit(&form, PAGE, &fields).await.status, 303);
    let page = browser.get(PAGE).await.page();
    assert!(page.contains("Gift card of €50.00") && page.contains("€12.50"), "{page}");
    assert!(!customer.browser().get(&format!("/gift-cards/{}", text(&order, "id"))).await.page().contains(PAGE));
    site.run_jobs().await;
}

#[tokio::test]
async fn the_form_says_what_comes_off_a_bought_card_and_what_would_be_at_our_cost() {
    let site = TestSite::new().await;
    let customer = &site.cast.customer;
    let card = bought_card(customer, 5_000, "USD").await;
    let order = customer.get("/api/gift-card-orders").await.json()["items"][0].clone();
    let form = format!("{PAGE}?order={}", text(&order, "id"));
    let browser = two_of_staff(&site).await.0.browser();
    let says = async |words: &str| {
        let page = browser.get(&form).await.page();
        assert!(page.contains(words), "{words}: {page}");
    };
    says("Unspent, and first to go back: $50.00 on gift cards.").await;
    redeem(customer, &card, 2_000, "some").await;
    says("first to go back: $30.00 on gift cards and $20.00 of the credit that they became.").await;
    redeem(customer, &card, 3_000, "all").await;
    says("first to go back: $50.00 of the credit that they became.").await;
    site.run_jobs().await;
}
