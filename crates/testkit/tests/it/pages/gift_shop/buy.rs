//! The form that orders a gift card.

use testkit::TestSite;

use crate::steps::gifts::form_for_a_friend;

#[tokio::test]
async fn the_form_shows_the_designs_and_what_may_be_bought() {
    let site = TestSite::new().await;
    let page = site.cast.customer.get("/gift-cards").await.page();
    for words in ["Give somebody a night", "From $10.00 to $2,000.00.", "Spotlight", "Alley at night", "Playbill"] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[tokio::test]
async fn a_visitor_looks_at_the_shop_and_signs_in_with_what_they_chose() {
    let site = TestSite::new().await;
    let visitor = site.cast.anonymous.browser();
    let page = visitor.get("/gift-cards").await.page();
    for words in ["Alley at night", "From $10.00 to $2,000.00.", "Sign in to buy it"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("recipient_email"), "nobody is asked for addresses before they can buy: {page}");
    let sent = visitor.get("/gift-cards?amount=75&currency=EUR&design=alley&next=sign-in").await;
    let location = sent.header("location");
    assert_eq!(
        (sent.status, location.starts_with("/login?return_to=%2Fgift-cards%3Famount%3D75")),
        (303, true),
        "{location}"
    );
    let back = site.cast.customer.browser().get("/gift-cards?amount=75&currency=EUR&design=alley").await;
    assert_eq!((back.typed("amount").as_str(), back.chosen("currency").as_str()), ("75", "EUR"));
    assert!(back.page().contains("value=\"alley\" checked"), "{}", back.page());
    assert_eq!(visitor.post("/gift-cards", "", &form_for_a_friend()).await.status, 303, "ordering takes an account");
}

#[tokio::test]
async fn another_day_stands_behind_a_press_until_it_is_used() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let page = browser.get("/gift-cards").await.page();
    assert!(page.contains("<details class=\"more\">") && page.contains("Send it on another day"), "{page}");
    let mut form = form_for_a_friend();
    form.iter_mut().filter(|(name, _)| *name == "deliver_on").for_each(|(_, day)| *day = "soon");
    let refused = browser.submit("/gift-cards", "/gift-cards", &form).await;
    assert!(refused.page().contains("<details class=\"more\" open>"), "{}", refused.page());
}

#[tokio::test]
async fn an_order_leads_to_its_payment() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    let placed = browser.submit("/gift-cards", "/gift-cards", &form_for_a_friend()).await;
    assert_eq!(placed.status, 303, "{}", placed.page());
    let page = browser.get(&placed.header("location")).await.page();
    assert!(page.contains("To pay for the gift card") && page.contains("For Ada"), "{page}");
    assert!(page.contains("on Wed 16 December at 18:00 in Lisbon"), "{page}");
}

#[tokio::test]
async fn what_does_not_fit_is_told_beside_its_field() {
    let site = TestSite::new().await;
    let browser = site.cast.customer.browser();
    for (field, value) in [
        ("amount", "five"),
        ("amount", "9.99"),
        ("recipient_email", "ada"),
        ("recipient_name", " "),
        ("deliver_on", "2020-01-01"),
        ("deliver_on", "soon"),
        ("time_zone", "Middle/Earth"),
    ] {
        let mut form = form_for_a_friend();
        form.iter_mut().filter(|(name, _)| *name == field).for_each(|(_, old)| *old = value);
        let refused = browser.submit("/gift-cards", "/gift-cards", &form).await;
        assert_eq!(refused.status, 422, "{field} {value}");
        assert!(refused.page().contains(&format!("id=\"{field}-fault\"")), "{field} {value}: {}", refused.page());
    }
}
