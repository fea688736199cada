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
async fn nobody_buys_without_an_account() {
    let site = TestSite::new().await;
    let shown = site.cast.anonymous.get("/gift-cards").await;
    assert_eq!(shown.status, 303);
    assert!(shown.header("location").starts_with("/login"), "{}", shown.header("location"));
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
