//! Paying by card on the checkout.

use chrono::TimeDelta;
use testkit::TestSite;

use crate::steps::gifts::{card_of, issue, left_on, order_id};
use crate::steps::journey::{
    ASKS, CAPTURE_DECLINES, DECLINES, PAYS, at, balance, book, book_and_pay, booked, leg, look, provider_keeps, status,
    text,
};

#[tokio::test]
async fn a_declined_card_leads_back_and_another_one_pays() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let checkout = format!("{page}/checkout");
    let shown = browser.get(&checkout).await.text();
    assert!(shown.contains("Pay $262.50") && shown.contains("4000 0000 0000 0002"), "what the sandbox takes: {shown}");

    assert!(
        shown.contains("is yours until ") && shown.contains("data-then=\"reload\""),
        "the end of the hold: {shown}"
    );
    let nonsense = browser.submit(&checkout, &checkout, &[("number", "4000")]).await;
    assert!(nonsense.text().contains("id=\"number-fault\""), "{} {}", nonsense.status, nonsense.text());
    let declined = browser.submit(&checkout, &checkout, &[("number", DECLINES)]).await;
    assert_eq!((declined.status, declined.header("location")), (303, checkout.clone()));
    assert!(browser.get(&checkout).await.text().contains("Your bank declined the card."));
    let paid = browser.submit(&checkout, &checkout, &[("number", PAYS)]).await;
    assert_eq!((paid.status, paid.header("location")), (303, page));
    assert_eq!(status(&site, &booking).await, ("confirmed".to_owned(), "paid".to_owned()));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_mistyped_number_leaves_the_way_to_the_bank_on_the_page() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let asked = browser.submit(&checkout, &checkout, &[("number", ASKS)]).await;
    assert!(asked.header("location").starts_with("/sandbox/cards/"), "{}", asked.header("location"));
    let nonsense = browser.submit(&checkout, &checkout, &[("number", "4000")]).await;
    assert_eq!(nonsense.status, 422);
    assert!(nonsense.page().contains(&asked.header("location")), "{}", nonsense.page());
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_hold_that_lapsed_is_not_paid() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    site.clock.advance(TimeDelta::minutes(16));
    let shown = site.cast.customer.get(&format!("/bookings/{}/checkout", text(&booking, "id"))).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains("<h1>The hold has lapsed.</h1>"), "{}", shown.text());
    site.run_jobs().await;
}

#[tokio::test]
async fn what_is_paid_is_not_paid_again() {
    let site = TestSite::new().await;
    let booking = book_and_pay(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let browser = site.cast.customer.browser();
    let page = format!("/bookings/{}", text(&booking, "id"));
    let shown = browser.get(&format!("{page}/checkout")).await;
    assert_eq!((shown.status, shown.header("location")), (303, page.clone()), "{}", shown.page());
    let csrf = browser.get("/account").await.csrf();
    let again = browser.post(&format!("{page}/checkout"), &csrf, &[("number", PAYS)]).await;
    assert_eq!((again.status, again.header("location")), (303, page), "{}", again.page());
    site.run_jobs().await;
    assert_eq!(balance(&site, "provider_clearing").await, 26_250);
}

#[tokio::test]
async fn nobody_pays_for_another_s_booking() {
    let site = TestSite::new().await;
    let booking = book(&site.cast.customer, &site.cast.star, at(&site, 5, 10)).await;
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    for caller in [&site.cast.other_customer, &site.cast.celebrity, &site.cast.support] {
        let browser = caller.browser();
        assert_eq!(browser.get(&checkout).await.status, 404, "{}", caller.name);
        let paid = browser.submit("/account", &checkout, &[("number", PAYS)]).await;
        assert_eq!(paid.status, 404, "{}: {}", caller.name, paid.page());
    }
    assert_eq!(status(&site, &booking).await.0, "awaiting_payment");
    site.jobs_may_be_left();
}

#[tokio::test]
async fn a_page_from_before_another_tab_took_a_card_back_charges_nothing() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let browser = customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    browser.submit(&checkout, &format!("{checkout}/applied"), &[("gift_card", &card)]).await;
    let drawn = browser.get(&checkout).await;
    assert!(drawn.page().contains("Pay $212.50"), "{}", drawn.page());
    let payment = look(customer, &booking).await["payment"].clone();
    browser.submit(&checkout, &format!("{checkout}/withdrawn"), &[("leg", text(leg(&payment), "id"))]).await;

    let form = [("number", PAYS), ("expected_minor", &drawn.carried(&checkout, "expected_minor").expect("an amount"))];
    let refused = browser.post(&checkout, &drawn.csrf(), &form).await;
    let said = "You agreed to $212.50, and $262.50 is to be paid now.";
    assert!(refused.status == 409 && refused.page().contains(said), "{} {}", refused.status, refused.page());
    assert_eq!((provider_keeps(&site).await, status(&site, &booking).await.0.as_str()), (0, "awaiting_payment"));
    // A page that names no amount, as those of the release before, does not pay another either.
    let silent = browser.post(&checkout, &drawn.csrf(), &[("number", PAYS)]).await;
    assert!(silent.page().contains("$262.50 is to be paid by card"), "{} {}", silent.status, silent.page());
    assert_eq!(provider_keeps(&site).await, 0);
    // The page that was answered has the new amount.
    let form =
        [("number", PAYS), ("expected_minor", &refused.carried(&checkout, "expected_minor").expect("an amount"))];
    assert_eq!(browser.post(&checkout, &refused.csrf(), &form).await.status, 303);
    assert_eq!((provider_keeps(&site).await, left_on(customer, &card).await), (26_250, 5_000));
    site.run_jobs().await;
}

#[tokio::test]
async fn what_came_off_with_a_refused_capture_is_named_and_put_back_with_one_press() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    let card = card_of(&site, customer, "goodwill").await;
    let browser = customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let applied = format!("{checkout}/applied");
    browser.submit(&checkout, &applied, &[("gift_card", &card)]).await;
    let drawn = browser.get(&checkout).await;
    browser.submit(&checkout, &checkout, &[("number", CAPTURE_DECLINES)]).await;

    let shown = browser.get(&checkout).await;
    assert!(shown.page().contains("What you had applied came off"), "{}", shown.page());
    assert!(shown.page().contains("This came off") && shown.page().contains("Pay $262.50"), "{}", shown.page());
    let form = [("number", PAYS), ("expected_minor", &drawn.carried(&checkout, "expected_minor").expect("an amount"))];
    let late = browser.post(&checkout, &drawn.csrf(), &form).await;
    assert_eq!((late.status, provider_keeps(&site).await), (409, 0), "{}", late.page());

    let back = browser.submit(&checkout, &applied, &[("what_came_off", "apply")]).await;
    assert_eq!((back.status, left_on(customer, &card).await), (303, 0), "{}", back.page());
    let shown = browser.get(&checkout).await.page();
    assert!(shown.contains("Pay $212.50") && !shown.contains("This came off"), "{shown}");
    assert_eq!(browser.submit(&checkout, &checkout, &[("number", PAYS)]).await.status, 303);
    assert_eq!((provider_keeps(&site).await, status(&site, &booking).await.0.as_str()), (21_250, "confirmed"));
    site.run_jobs().await;
}

#[tokio::test]
async fn a_code_is_claimed_from_the_checkout_and_leads_back_to_it() {
    let (site, booking) = booked().await;
    let customer = &site.cast.customer;
    card_of(&site, customer, "goodwill").await;
    let code = issue(&site, "goodwill", 1).await.remove(0).1;
    let browser = customer.browser();
    let checkout = format!("/bookings/{}/checkout", text(&booking, "id"));
    let mistaken = browser.submit(&checkout, &checkout, &[("number", &code)]).await;
    let said = "That looks like a gift card code. Claim it first, then apply it here.";
    assert_eq!((mistaken.status, mistaken.fault("number").as_str()), (422, said));
    let claim = format!("/claim?return_to={}", checkout.replace('/', "%2F"));
    assert!(mistaken.page().contains(&format!("href=\"{claim}\"")), "{}", mistaken.page());

    let asked = browser.get(&claim).await;
    assert!(asked.page().contains(&format!("name=\"return_to\" value=\"{checkout}\"")), "{}", asked.page());
    let typed = [("code", code.as_str()), ("return_to", &*checkout)];
    let looked = browser.post("/claim/code", &asked.csrf(), &typed).await;
    assert_eq!(looked.header("location"), claim);
    let shown = browser.get(&claim).await;
    let pressed = [("code", &*shown.typed("code")), ("return_to", &*checkout)];
    let claimed = browser.post("/claim", &shown.csrf(), &pressed).await;
    assert_eq!((claimed.status, claimed.header("location")), (303, checkout.clone()), "{}", claimed.page());
    assert!(browser.get(&checkout).await.page().contains(&format!("ending in {}", &code[20..])));
    // A link leads to no other site.
    let elsewhere = browser.get("/claim?return_to=https://elsewhere.test/").await;
    let leads = |way: &str| elsewhere.page().contains(&format!("{way}=\"https://elsewhere"));
    assert!(!leads("href") && !leads("value"), "{}", elsewhere.page());

    let order = format!("/gift-cards/{}", order_id(customer).await);
    let mistaken = browser.submit(&order, &order, &[("number", &code)]).await;
    assert!(mistaken.fault("number").contains("this is paid by bank card"), "{}", mistaken.page());
    site.jobs_may_be_left();
}
