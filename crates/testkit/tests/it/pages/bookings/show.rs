//! One booking, as its customer sees it.

use testkit::TestSite;

use crate::steps::gifts::{apply, own_card};
use crate::steps::journey::{PAYS, at, book, book_and_pay, booked, pay, text};

#[tokio::test]
async fn a_booking_shows_what_it_is_and_what_it_cost() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let path = format!("/bookings/{}", text(&booking, "id"));
    let shown = site.cast.customer.get(&path).await;
    assert_eq!(shown.status, 200);
    let page = shown.page();
    for words in ["Ada Quill", "Half an hour on screen", "$262.50", text(&booking, "reference"), "/cancellation"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(site.cast.other_customer.get(&path).await.status, 404);
    site.run_jobs().await;
}

#[tokio::test]
async fn it_says_with_what_it_was_paid() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    apply(customer, &booking, &own_card(customer, 5_000).await, None, "one").await;
    let path = format!("/bookings/{}", text(&booking, "id"));
    assert!(!customer.get(&path).await.page().contains("Still to pay"), "nothing is paid yet");
    assert_eq!(pay(customer, &booking, PAYS, "two").await.json()["state"], "settled");
    let page = customer.get(&path).await.page();
    let money = page.split("<dl class=\"money\">").nth(1).and_then(|rest| rest.split("</dl>").next()).expect("sums");
    let (_, below) = money.split_once("<dt>Total</dt>").expect("a total");
    for (label, amount) in [("Bank card", "−$212.50"), ("Still to pay", "$0.00")] {
        assert!(below.contains(&format!("<dt>{label}</dt><dd>{amount}</dd>")), "{label}: {below}");
    }
    assert!(below.contains("<dt>Gift card bought ") && below.contains("<dd>−$50.00</dd>"), "{below}");
    assert!(!site.cast.celebrity.get(&path).await.page().contains("Still to pay"), "that is the customer's");
    site.run_jobs().await;
}

#[tokio::test]
async fn the_talent_s_side_sees_the_price_and_who_booked_once_it_is_paid() {
    let site = TestSite::new().await;
    let paid = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let unpaid = book(&site.cast.other_customer, &site.cast.star, at(&site, 6, 10)).await;
    let open = async |booking| {
        let shown = site.cast.celebrity.get(&format!("/bookings/{}", text(booking, "id"))).await;
        assert_eq!(shown.status, 200);
        shown.page()
    };
    let page = open(&paid).await;
    assert!(page.contains("customer") && page.contains("$250.00"), "{page}");
    assert!(!open(&unpaid).await.contains("other-customer"));
    site.jobs_may_be_left();
}
