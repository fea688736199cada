//! Logging in, and being slowed down.

use accounts::AccountsError;
use accounts::commands::{self, Login};
use accounts::queries::Person;
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{Desk, PASSWORD};

async fn attempt(desk: &Desk, email: &str, password: &str, ip: &str) -> Result<Person, AccountsError> {
    let login = Login { email: email.to_owned(), password: Secret::new(password.to_owned()) };
    commands::check_password(&desk.test.database, &desk.keys, &desk.hasher, desk.clock.now(), login, ip).await
}

#[tokio::test]
async fn the_right_password_opens_in_any_letter_case_of_the_address() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    assert_eq!(attempt(&desk, " Ana@Example.org ", PASSWORD, "192.0.2.1").await.unwrap().id, ana.id);
}

#[tokio::test]
async fn known_and_unknown_fail_alike() {
    let desk = Desk::open().await;
    desk.ana().await;
    for email in ["ana@example.org", "nobody@example.org"] {
        assert!(
            matches!(
                attempt(&desk, email, "wrong horse battery", "192.0.2.1").await,
                Err(AccountsError::BadCredentials)
            ),
            "{email}"
        );
    }
}

#[tokio::test]
async fn five_failures_slow_this_network_and_no_other() {
    let desk = Desk::open().await;
    desk.ana().await;
    for _ in 0..5 {
        assert!(matches!(
            attempt(&desk, "ana@example.org", "wrong horse battery", "192.0.2.1").await,
            Err(AccountsError::BadCredentials)
        ));
    }
    assert!(matches!(attempt(&desk, "ana@example.org", PASSWORD, "192.0.2.1").await, Err(AccountsError::Slowed(1))));
    assert!(attempt(&desk, "ana@example.org", PASSWORD, "198.51.100.7").await.is_ok());
    desk.clock.advance(TimeDelta::seconds(1));
    assert!(attempt(&desk, "ana@example.org", PASSWORD, "192.0.2.1").await.is_ok());
    assert!(
        matches!(
            attempt(&desk, "ana@example.org", "wrong horse battery", "192.0.2.1").await,
            Err(AccountsError::BadCredentials)
        ),
        "a success cleared the count"
    );
}

#[tokio::test]
async fn suspension_ends_everything() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    let pair = desk.sign_in(&ana).await;
    let cache = accounts::SessionCache::default();
    assert!(cache.by_access_token(&desk.test.database, &desk.keys, desk.clock.now(), &pair.access.text).await.is_ok());
    let mut tx = desk.test.database.begin().await.unwrap();
    commands::suspend(&mut tx, desk.clock.now(), ana.id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(attempt(&desk, "ana@example.org", PASSWORD, "192.0.2.1").await, Err(AccountsError::Suspended)));
    desk.clock.advance(TimeDelta::seconds(5));
    let access = cache.by_access_token(&desk.test.database, &desk.keys, desk.clock.now(), &pair.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)), "five seconds later the cache has looked again");
}

#[tokio::test]
async fn a_bucket_empties_and_refills() {
    use accounts::limits::{Taken, take};
    let desk = Desk::open().await;
    let mut connection = desk.test.database.acquire().await.unwrap();
    for _ in 0..3 {
        assert_eq!(take(&mut connection, "register/192.0.2.1", 3.0, 1.0, desk.clock.now()).await.unwrap(), Taken::Yes);
    }
    assert!(
        matches!(take(&mut connection, "register/192.0.2.1", 3.0, 1.0, desk.clock.now()).await.unwrap(), Taken::WaitSeconds(seconds) if seconds > 0.0)
    );
    desk.clock.advance(TimeDelta::seconds(2));
    assert_eq!(take(&mut connection, "register/192.0.2.1", 3.0, 1.0, desk.clock.now()).await.unwrap(), Taken::Yes);
}
