//! Token buckets.

use accounts::throttle::{Bucket, ThrottleOutcome, give_back, take};
use chrono::TimeDelta;
use kernel::Clock;

use crate::support::AccountsFixture;

fn bucket(key: &str, capacity: f64) -> Bucket {
    Bucket { key: key.to_owned(), capacity, refill_per_s: 1.0 }
}

async fn knock(fixture: &AccountsFixture, buckets: &[Bucket]) -> ThrottleOutcome {
    let mut connection = fixture.test.database.acquire().await.unwrap();
    take(&mut connection, buckets, fixture.clock.now()).await.unwrap()
}

#[tokio::test]
async fn a_bucket_empties_and_refills() {
    let fixture = AccountsFixture::open().await;
    let bucket = [bucket("register/192.0.2.1", 3.0)];
    for _ in 0..3 {
        assert_eq!(knock(&fixture, &bucket).await, ThrottleOutcome::Allowed);
    }
    assert_eq!(knock(&fixture, &bucket).await, ThrottleOutcome::Empty { place: 0, wait_s: 1.0 });
    fixture.clock.advance(TimeDelta::seconds(2));
    assert_eq!(knock(&fixture, &bucket).await, ThrottleOutcome::Allowed);
}

#[tokio::test]
async fn whoever_has_no_tokens_takes_none_from_the_neighbours() {
    let fixture = AccountsFixture::open().await;
    let street = |house: &str| [bucket(house, 2.0), bucket("street", 5.0)];
    for _ in 0..50 {
        knock(&fixture, &street("loud")).await;
    }
    for _ in 0..2 {
        assert_eq!(knock(&fixture, &street("quiet")).await, ThrottleOutcome::Allowed);
    }
    assert_eq!(knock(&fixture, &street("third")).await, ThrottleOutcome::Allowed);
    assert_eq!(knock(&fixture, &street("fourth")).await, ThrottleOutcome::Empty { place: 1, wait_s: 1.0 });
}

#[tokio::test]
async fn a_token_that_is_given_back_can_be_taken_again() {
    let fixture = AccountsFixture::open().await;
    let both = [bucket("house", 1.0), bucket("street", 1.0)];
    assert_eq!(knock(&fixture, &both).await, ThrottleOutcome::Allowed);
    give_back(&mut fixture.test.database.acquire().await.unwrap(), &both).await.unwrap();
    assert_eq!(knock(&fixture, &both).await, ThrottleOutcome::Allowed);
    // Never more than it holds.
    for _ in 0..3 {
        give_back(&mut fixture.test.database.acquire().await.unwrap(), &both).await.unwrap();
    }
    assert_eq!(knock(&fixture, &both).await, ThrottleOutcome::Allowed);
    assert!(matches!(knock(&fixture, &both).await, ThrottleOutcome::Empty { place: 0, .. }));
}
