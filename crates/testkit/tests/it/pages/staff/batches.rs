//! Issuing gift cards together at a browser.

use testkit::TestSite;

use crate::steps::gifts::{claim, issue};
use crate::steps::journey::balance;

const PAGE: &str = "/staff/gift-cards";
const WISH: [(&str, &str); 6] = [
    ("name", "Winter fair"),
    ("kind", "promotional"),
    ("cards", "3"),
    ("amount", "25.50"),
    ("currency", "USD"),
    ("reason", "Handed out at the stand"),
];

#[tokio::test]
async fn batches_stand_with_what_became_of_them() {
    let site = TestSite::new().await;
    let admin = site.cast.admin.browser();
    assert!(admin.get(PAGE).await.page().contains("No batches yet."));
    let cards = issue(&site, "promotional", 2).await;
    claim(&site.cast.customer, &cards[0].1, "one").await;
    let page = admin.get(PAGE).await.page();
    assert!(page.contains("$100.00") && page.contains("1 of 2 claimed"), "{page}");
    assert!(page.contains("Left <b>$100.00</b>"), "{page}");
}

#[tokio::test]
async fn only_admins_issue_cards() {
    let site = TestSite::new().await;
    for caller in [&site.cast.support, &site.cast.customer] {
        let browser = caller.browser();
        assert_eq!(browser.get(PAGE).await.status, 403);
        assert!(!browser.get("/account").await.page().contains(PAGE));
    }
    let admin = site.cast.admin.browser();
    assert!(admin.get("/account").await.page().contains("href=\"/staff/gift-cards\""));
    assert_eq!(site.cast.customer.browser().submit("/account", PAGE, &WISH).await.status, 403);
}

#[tokio::test]
async fn the_sum_is_shown_first_and_the_codes_once() {
    let site = TestSite::new().await;
    let admin = site.cast.admin.browser();
    let preview = admin.submit(PAGE, PAGE, &WISH).await;
    assert_eq!(preview.status, 200);
    assert!(
        preview.page().contains("3 × $25.50, Promotion") && preview.page().contains("$76.50"),
        "{}",
        preview.page()
    );
    assert_eq!(balance(&site, "gift_card").await, 0, "nothing was issued yet");
    let issued = admin.submit(PAGE, PAGE, &[&WISH[..], &[("confirmed", "yes")]].concat()).await;
    let page = issued.page();
    assert_eq!(issued.status, 201, "{page}");
    let list = page.split("<ol class=\"codes figure\">").nth(1).and_then(|rest| rest.split("</ol>").next());
    let codes: Vec<&str> =
        list.expect("codes").split("<li>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    assert_eq!(codes.len(), 3);
    let file = page.split("href=\"data:text/csv;charset=utf-8,").nth(1).and_then(|rest| rest.split('"').next());
    let file = file.expect("a file").to_owned();
    assert!(file.contains("%2Cvalue_minor%2C") && codes.iter().all(|code| file.contains(code)), "{file}");
    let shown = admin.get(PAGE).await.page();
    assert!(shown.contains("Winter fair") && !shown.contains(codes[0]), "{shown}");
    assert_eq!(claim(&site.cast.customer, codes[0], "one").await.status, 201);
    let again = admin.submit(PAGE, PAGE, &[&WISH[..], &[("confirmed", "yes")]].concat()).await;
    assert_eq!(again.status, 409);
    assert!(again.page().contains("A batch of this name has been issued."), "{}", again.page());
}

#[tokio::test]
async fn what_does_not_fit_comes_back_with_what_is_wrong() {
    let site = TestSite::new().await;
    let admin = site.cast.admin.browser();
    let wish = [
        ("name", " "),
        ("kind", "platform"),
        ("cards", "many"),
        ("amount", "25.555"),
        ("currency", "USD"),
        ("last_day", "2020-01-01"),
        ("time_zone", "Asia/Kolkata"),
        ("reason", "A test"),
        ("confirmed", "yes"),
    ];
    let refused = admin.submit(PAGE, PAGE, &wish).await;
    assert_eq!(refused.status, 422);
    assert_eq!(refused.fault("cards"), "Enter how many, as a whole number.");
    assert_eq!(refused.fault("amount"), "Enter an amount in the currency, such as 25 or 25.50.");
    assert_eq!(refused.fault("last_day"), "Choose a last day that is not over.");
    assert!(!refused.fault("name").is_empty() && !refused.fault("kind").is_empty(), "{}", refused.page());
    assert_eq!((refused.typed("amount").as_str(), refused.chosen("time_zone").as_str()), ("25.555", "Asia/Kolkata"));
    assert_eq!(balance(&site, "gift_card").await, 0);
}
