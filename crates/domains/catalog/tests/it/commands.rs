//! Commands refuse what does not fit and keep what is derived right.

use calendar::WeeklyHours;
use catalog::drafts::NewReview;
use catalog::{CatalogError, commands, queries};
use kernel::{BookingId, Fault, OfferingKind, PageRequest, PersonId};

use crate::support::{Stage, call, now};

#[tokio::test]
async fn what_is_derived_follows_the_offerings() {
    let stage = Stage::new().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    let (id, offering) = stage.add(&mut tx, &stage.draft("maya", "Maya", stage.actors), 30_000).await;
    commands::create_offering(&mut tx, &stage.chance, now(), &call(id, 12_000)).await.unwrap();
    let price = |celebrity: catalog::Celebrity| celebrity.card.from_price.map(|price| price.amount_minor);
    assert_eq!(price(queries::celebrity(&mut tx, "maya").await.unwrap()), Some(12_000));
    commands::update_offering(&mut tx, offering, &call(id, 9_000), now()).await.unwrap();
    assert_eq!(price(queries::celebrity(&mut tx, &id.to_string()).await.unwrap()), Some(9_000));
    assert_eq!(queries::offerings(&mut tx, id).await.unwrap().len(), 2);
    assert_eq!(queries::offering(&mut tx, offering).await.unwrap().policy.name, "Moderate");
}

#[tokio::test]
async fn what_does_not_fit_is_refused_by_field() {
    let stage = Stage::new().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    let (id, _) = stage.add(&mut tx, &stage.draft("maya", "Maya", stage.actors), 30_000).await;
    let mut bad = stage.draft("Not A Slug", "", stage.actors);
    bad.time_zone = "Mars/Olympus".into();
    let refused = commands::create_celebrity(&mut tx, &stage.chance, now(), &bad).await.unwrap_err();
    let fields: Vec<_> = refused.fields().into_iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["slug", "stage_name", "time_zone"]);
    let mut timeless = call(id, 1);
    timeless.kind = OfferingKind::PersonalVideo;
    let refused = commands::create_offering(&mut tx, &stage.chance, now(), &timeless).await.unwrap_err();
    assert_eq!(refused.fields().len(), 2);
    let night = [WeeklyHours { weekday: 8, range: (1_200, 1_441).into() }];
    assert!(commands::set_weekly_hours(&mut tx, &stage.chance, now(), id, &night).await.is_err());
    let twin = stage.draft("maya", "Maya", stage.actors);
    let refused = commands::create_celebrity(&mut tx, &stage.chance, now(), &twin).await.unwrap_err();
    assert!(matches!(refused, CatalogError::SlugTaken));
}

#[tokio::test]
async fn reviews_make_the_rating_and_come_newest_first() {
    let stage = Stage::new().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    let (id, _) = stage.add(&mut tx, &stage.draft("maya", "Maya", stage.actors), 30_000).await;
    for rating in [5, 5, 3] {
        let review = NewReview {
            booking_id: BookingId::new(&stage.chance, now()),
            celebrity_id: id,
            author_id: PersonId::new(&stage.chance, now()),
            author_name: "Ada".into(),
            rating,
            body: "Warm and punctual.".into(),
            offering_kind: OfferingKind::VideoCall,
        };
        commands::add_review(&mut tx, &stage.chance, now(), &review).await.unwrap();
    }
    let rating = queries::celebrity(&mut tx, "maya").await.unwrap().card.rating;
    // (8 · 4.6 + 13) / 11
    assert_eq!((rating.count, rating.hundredths), (3, 453));
    let first = queries::reviews(&mut tx, id, &PageRequest::first(2)).await.unwrap();
    assert_eq!(first.items.len(), 2);
    let rest = PageRequest { limit: 2, cursor: first.next_cursor };
    assert_eq!(queries::reviews(&mut tx, id, &rest).await.unwrap().items.len(), 1);
}
