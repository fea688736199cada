//! Properties of the generated world, and of the profiles after loading.

use std::collections::HashSet;

use bookings::{CancelledBy, Status};
use chrono::{DateTime, Datelike as _, Offset as _, TimeDelta, TimeZone as _, Weekday};
use database::testing::TestDatabase;
use kernel::{BookingMode, Instant};

use crate::case::Case;
use crate::generate::{self, World};
use crate::life;
use crate::portraits::Portraits;
use crate::rows::{
    bookings as booking_rows, gift_cards as gift_card_rows, ledger as ledger_rows, payments as payment_rows,
};
use crate::words::names::points_at_somebody;
use crate::words::places::PLACES;
use crate::{LoadOptions, Size, load};

fn now() -> Instant {
    DateTime::parse_from_rfc3339("2026-11-23T09:17:42Z").expect("a valid moment").to_utc()
}

fn world(size: Size, seed: u64) -> World {
    life::live(generate::world(size, seed, now(), &Portraits::unpack()))
}

#[test]
fn the_same_seed_makes_the_same_rows() {
    let (one, other) = (world(Size::Lite, 7), world(Size::Lite, 7));
    assert!(booking_rows::bookings(&one).eq(booking_rows::bookings(&other)));
    assert!(booking_rows::events(&one).eq(booking_rows::events(&other)));
    assert!(ledger_rows::postings(&one).eq(ledger_rows::postings(&other)));
    assert!(payment_rows::legs(&one).eq(payment_rows::legs(&other)));
    assert!(gift_card_rows::entries(&one).eq(gift_card_rows::entries(&other)));
    assert!(gift_card_rows::codes(&one).eq(gift_card_rows::codes(&other)));
    assert!(!booking_rows::bookings(&one).eq(booking_rows::bookings(&world(Size::Lite, 8))));
}

#[test]
fn nobody_real_is_on_stage() {
    assert!(points_at_somebody("Idris Elba") && points_at_somebody("Quinn Swift"));
    let world = world(Size::Demo, 7);
    let names: HashSet<&str> = world.stars.iter().map(|star| star.name.as_str()).collect();
    assert_eq!(names.len(), 240, "every name is different");
    assert!(names.iter().all(|name| !points_at_somebody(name)));
}

#[test]
fn bios_have_no_gaps() {
    for star in world(Size::Demo, 7).stars {
        assert!((150..900).contains(&star.bio.len()) && !star.bio.contains(['{', '}']), "{}", star.bio);
    }
}

#[test]
fn cities_span_nine_zones() {
    // Two zones that keep the same time all year are one to people: Berlin and Paris.
    let offset = |zone: chrono_tz::Tz, month| {
        zone.with_ymd_and_hms(2026, month, 1, 12, 0, 0).single().map(|noon| noon.offset().fix().local_minus_utc())
    };
    let zones: HashSet<_> = PLACES.iter().map(|place| (offset(place.zone, 1), offset(place.zone, 7))).collect();
    assert_eq!((PLACES.len(), zones.len()), (12, 9));
    assert_eq!(PLACES.iter().map(|place| place.share).sum::<u32>(), 100);
}

#[test]
fn two_years_look_lived_in() {
    let world = world(Size::Demo, 7);
    let confirmed = world.deals.iter().filter(|deal| deal.course.confirmed.is_some()).count();
    assert!((16_500..18_500).contains(&confirmed), "{confirmed} confirmed");

    let slots: Vec<_> = world.deals.iter().filter_map(|deal| deal.slot).collect();
    let is_weekend = |day: Weekday| matches!(day, Weekday::Fri | Weekday::Sat | Weekday::Sun);
    let weekend = slots.iter().filter(|slot| is_weekend(slot.local.weekday())).count();
    let share = weekend * 100 / slots.len();
    assert!((50..75).contains(&share), "{share} % of {} on Friday to Sunday", slots.len());

    let ratings: Vec<i16> = world.deals.iter().filter_map(|deal| deal.review).map(|(rating, _)| rating).collect();
    let mean = ratings.iter().map(|rating| f64::from(*rating)).sum::<f64>() / ratings.len() as f64;
    assert!((4.4..4.8).contains(&mean) && ratings.len() > 9_000, "mean {mean} of {}", ratings.len());
    let count = |rating| ratings.iter().filter(|one| **one == rating).count();
    assert!(count(1) > count(2) && count(5) > 5 * count(4), "most are delighted, and the angry outnumber the annoyed");
}

#[test]
fn fame_is_a_power_law() {
    let world = world(Size::Demo, 7);
    let mut counts = vec![0; world.stars.len()];
    world.deals.iter().for_each(|deal| counts[deal.star as usize] += 1);
    let top: usize = counts[..24].iter().sum();
    let share = top * 100 / world.deals.len();
    assert!((40..70).contains(&share), "a tenth of the celebrities have {share} % of the bookings");
    assert!(counts[200..].iter().all(|count| *count > 5), "nobody is forgotten");
}

#[test]
fn every_status_is_there_and_no_moment_lies_ahead() {
    for size in [Size::Lite, Size::Demo] {
        let world = world(size, 7);
        for &status in Status::ALL {
            assert!(world.deals.iter().any(|deal| deal.course.status == status), "{status:?} in {size:?}");
        }
        for case in Case::all(&world) {
            let course = &case.deal.course;
            let moments = [Some(course.placed), course.answered, course.confirmed, course.started, course.delivered];
            let moments: Vec<Instant> =
                moments.into_iter().flatten().chain(course.completed).chain(course.ended.map(|(at, _)| at)).collect();
            assert!(moments.is_sorted() && moments.iter().all(|at| *at <= world.now), "{course:?}");
            if let Some(slot) = case.deal.slot {
                assert_eq!(slot.starts.with_timezone(&case.star.place.zone).naive_local(), slot.local);
            }
        }
    }
}

#[test]
fn every_movement_of_money_balances() {
    let world = world(Size::Lite, 7);
    let mut sums = std::collections::HashMap::new();
    for posting in ledger_rows::postings(&world) {
        *sums.entry(posting.transfer_id).or_insert(0) += posting.amount_minor;
    }
    assert!(!sums.is_empty() && sums.values().all(|sum| *sum == 0));
}

#[test]
fn nobody_claims_or_buys_a_card_before_they_are_there() {
    let world = world(Size::Demo, 7);
    let crowd = &world.crowd;
    let people = crowd.customers.iter().chain(&crowd.agents).chain(&crowd.others);
    let joined: std::collections::HashMap<_, _> = people.map(|person| (person.id, person.joined)).collect();
    let stored = &world.stored;
    assert!(stored.orders.iter().all(|life| joined[&life.order.buyer.0] < life.order.created_at));
    let mut steps = 0;
    for entry in stored.cards.iter().flat_map(|life| &life.entries) {
        assert!(entry.at <= world.now, "{entry:?}");
        if let Some(person) = entry.actor.id {
            assert!(joined[&person.0] < entry.at, "{entry:?}");
            steps += 1;
        }
    }
    assert!(steps > 5_000, "{steps}");
    assert!(stored.transfers.is_sorted_by_key(|(at, _)| *at), "balances follow the order of time");
}

#[test]
fn what_was_sent_reads_alike_on_both_cards() {
    let stored = world(Size::Demo, 7).stored;
    let value = |id| stored.cards.iter().find(|life| life.card.id == id).map(|life| life.card.issued);
    assert!(stored.sent.len() > 20);
    assert!(stored.sent.iter().all(|sent| value(sent.card) == Some(sent.amount)));
}

#[test]
fn histories_run_forward() {
    let world = world(Size::Demo, 7);
    let mut last = None;
    for event in booking_rows::events(&world) {
        if let Some((booking, at)) = last {
            assert!(event.booking_id != booking || at <= event.occurred_at, "{event:?}");
        }
        assert!(event.occurred_at <= world.now, "{event:?}");
        last = Some((event.booking_id, event.occurred_at));
    }
}

/// What a profile says of its bookings, worked out from the deals themselves.
fn expected_record(world: &World, star: usize) -> (i32, Option<i32>) {
    let cases: Vec<Case<'_>> = Case::all(world).filter(|case| case.deal.star as usize == star).collect();
    let done = cases.iter().filter(|case| case.deal.course.status == Status::Completed).count();
    let answers = cases.iter().filter(|case| case.offer.mode != BookingMode::Instant).filter_map(|case| {
        let course = &case.deal.course;
        let declined = course.ended.filter(|(_, by)| course.status == Status::Declined && *by == CancelledBy::Talent);
        let answered = course.answered.or(declined.map(|(at, _)| at))?;
        (world.now - course.placed < TimeDelta::days(365)).then(|| (answered - course.placed).as_seconds_f64() / 60.0)
    });
    let mut answers: Vec<f64> = answers.collect();
    answers.sort_by(f64::total_cmp);
    let middle = answers.len() / 2;
    let median = match answers.len() {
        0..3 => return (i32::try_from(done).unwrap(), None),
        count if count % 2 == 1 => answers[middle],
        _ => f64::midpoint(answers[middle - 1], answers[middle]),
    };
    (i32::try_from(done).unwrap(), Some(median.round_ties_even() as i32))
}

#[tokio::test]
async fn profiles_say_what_their_bookings_say() {
    let test = TestDatabase::new().await;
    let options = LoadOptions { size: Size::Lite, now: now(), seed: 7, password_hash: "$argon2id$none".to_owned() };
    load(&test.database, &options, &|_, _, _| {}).await.unwrap();
    let world = world(Size::Lite, 7);
    let mut connection = test.database.acquire().await.unwrap();
    let nightly = overviews::track_records::page(&mut connection, None, 1_000, now()).await.unwrap();
    assert_eq!(nightly.len(), world.stars.len());
    for (index, star) in world.stars.iter().enumerate() {
        let profile = catalog::queries::celebrity(&mut connection, &star.id.to_string()).await.unwrap();
        let record = nightly.iter().find(|record| record.celebrity_id.0 == star.id).unwrap();
        let stored = (profile.bookings_count, profile.card.answer_minutes);
        assert_eq!(stored, (record.bookings_count, record.answer_minutes), "{} as computed at night", star.slug);
        assert_eq!(stored, expected_record(&world, index), "{} as the deals say", star.slug);
        assert!(record.recent_bookings <= record.bookings_count as f32 + 0.05);
    }
    assert!(nightly.iter().any(|record| record.answer_minutes.is_some()));
    assert!(nightly.iter().any(|record| record.answer_minutes.is_none()));
}
