//! What is refused before the offering is looked at.

use accounts::Via;
use kernel::{Role, SessionId};
use uuid::Uuid;

use super::*;

fn now() -> Instant {
    "2026-12-01T12:00:00Z".parse().expect("a date")
}

fn check(starts_at: Option<Instant>, time_zone: Option<&str>) -> Result<Order, WorkflowError> {
    let caller = Caller {
        id: PersonId(Uuid::from_u128(1)),
        roles: vec![Role::Customer],
        display_name: "Ann".to_owned(),
        email: "ann@example.org".to_owned(),
        email_verified: true,
        time_zone: "Europe/Lisbon".to_owned(),
        has_app: false,
        lacks_second_factor: false,
        via: Via::Bearer(SessionId(Uuid::from_u128(2))),
    };
    let offering = OfferingId(Uuid::from_u128(3));
    let time_zone = time_zone.map(str::to_owned);
    let brief = "A quiet evening with friends.".to_owned();
    Order::check(PlaceBooking { offering, starts_at, time_zone, brief }, &caller, now())
}

#[test]
fn no_calendar_reaches_further_back_than_a_day_or_further_ahead_than_three_years() {
    let (day, reach, second) = (TimeDelta::days(1), TimeDelta::days(1_100), TimeDelta::seconds(1));
    for starts_at in [now() - day, now(), now() + reach] {
        assert_eq!(check(Some(starts_at), None).expect("is within reach").starts_at, Some(starts_at));
    }
    for starts_at in [now() - day - second, now() + reach + second] {
        let refused = check(Some(starts_at), None).expect_err("is beyond");
        let WorkflowError::Fields(faults) = refused else { panic!("{refused}") };
        assert_eq!((faults[0].field.as_str(), faults[0].code.as_str()), ("starts_at", "out_of_range"));
    }
    assert_eq!(check(None, None).expect("what takes no time has none").starts_at, None);
}

#[test]
fn the_time_zone_is_the_one_that_was_named_or_the_customer_s_own() {
    assert_eq!(check(None, None).expect("is known").time_zone, "Europe/Lisbon");
    assert_eq!(check(None, Some("Asia/Kathmandu")).expect("is known").time_zone, "Asia/Kathmandu");
    let refused = check(None, Some("Moon/Base")).expect_err("is none");
    assert!(matches!(refused, WorkflowError::Fields(faults) if faults[0].code == "unknown"));
}
