//! The kit itself does what it promises, and the schema holds what the program counts on.

use kernel::Currency;
use testkit::{BookingState, TestSite};

#[tokio::test]
async fn everybody_is_who_they_are() {
    let site = TestSite::new().await;
    for caller in [&site.cast.customer, &site.cast.agent, &site.cast.admin, &site.cast.unverified] {
        let answer = caller.get("/api/me").await;
        assert_eq!(answer.status, 200, "{}: {}", caller.name, answer.text());
        assert_eq!(answer.json()["display_name"], caller.name);
    }
    assert_eq!(site.cast.anonymous.get("/api/me").await.code(), "sign_in_first");
    assert_eq!(site.cast.suspended.get("/api/me").await.status, 401);
}

#[tokio::test]
async fn a_booking_can_stand_in_any_state() {
    let site = TestSite::new().await;
    let states =
        [BookingState::AWAITING_PAYMENT, BookingState::CONFIRMED, BookingState::COMPLETED, BookingState::EXPIRED];
    for (days, state) in (5..).zip(states) {
        site.booking(&site.cast.customer, &site.cast.star, days, state).await;
    }
}

#[tokio::test]
async fn every_currency_has_rules_for_cards_and_loyalty() {
    let site = TestSite::new().await;
    for table in ["gift_card_rules", "loyalty_tiers"] {
        let known = format!("SELECT DISTINCT currency::text FROM {table} WHERE valid_from <= now()");
        let known: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(known))
            .fetch_all(site.test_database().database.pool())
            .await
            .expect("reads");
        for currency in Currency::ALL {
            assert!(known.iter().any(|code| code == currency.code()), "{currency} has no row in {table}");
        }
    }
}

#[tokio::test]
async fn every_currency_has_fees() {
    let site = TestSite::new().await;
    let mut connection = site.site.database.acquire().await.unwrap();
    let schedules = overviews::price::schedules(&mut connection, site.now().date_naive()).await.unwrap();
    for currency in Currency::ALL {
        assert!(schedules.iter().any(|(known, _)| *known == currency), "{currency} has no row in fee_schedules");
    }
    let fees = |code: &str| schedules.iter().find(|(currency, _)| currency.code() == code).expect("has fees").1;
    assert_eq!((fees("JPY").fee_min_minor, fees("JPY").fee_max_minor), (150, 70_000));
    assert_eq!((fees("KWD").fee_min_minor, fees("KWD").fee_max_minor), (300, 150_000));
    let day = site.now().date_naive();
    assert_eq!(overviews::price::implausible_fees(&mut connection, day).await.unwrap(), Vec::<String>::new());
    // What will be in force is checked too.
    sqlx::query("INSERT INTO fee_schedules VALUES ('JPY', '2027-06-01', 500, 150, 7000000, 1500)")
        .execute(site.test_database().database.pool())
        .await
        .unwrap();
    let faults = overviews::price::implausible_fees(&mut connection, day).await.unwrap();
    assert_eq!(faults, ["the fees in JPY from 2027-06-01: ¥7,000,000 is too much for the greatest service fee"]);
}

#[tokio::test]
async fn a_currency_of_a_later_release_breaks_no_page() {
    let site = TestSite::new().await;
    sqlx::query("INSERT INTO fee_schedules VALUES ('XTS', '2026-11-30', 500, 100, 50000, 1500)")
        .execute(site.test_database().database.pool())
        .await
        .unwrap();
    for path in ["/", "/discover?max_price=500&currency=USD", "/api/celebrities"] {
        let answer = site.cast.anonymous.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    }
    let mut connection = site.site.database.acquire().await.unwrap();
    let day = site.now().date_naive();
    assert_eq!(overviews::price::implausible_fees(&mut connection, day).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
#[should_panic(expected = "cannot be read")]
async fn jobs_that_cannot_be_looked_for_are_not_taken_for_done() {
    let site = TestSite::new().await;
    sqlx::query("ALTER TABLE jobs RENAME TO jobs_elsewhere")
        .execute(site.test_database().database.pool())
        .await
        .unwrap();
}

#[tokio::test]
#[should_panic(expected = "left undone")]
async fn leftover_jobs_are_noticed() {
    let site = TestSite::new().await;
    let asked = serde_json::json!({"email": "customer@example.org"});
    assert_eq!(site.cast.anonymous.post("/api/auth/password/reset", &asked).await.status / 100, 2);
}
