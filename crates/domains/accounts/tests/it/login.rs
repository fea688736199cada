//! Logging in, and being slowed down.

use accounts::AccountsError;
use accounts::commands::{self, Entry, Login};
use accounts::queries::Person;
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{Desk, PASSWORD};

async fn attempt(desk: &Desk, email: &str, password: &str, ip: &str) -> Result<Person, AccountsError> {
    let login = Login { email: email.to_owned(), password: Secret::new(password.to_owned()) };
    let proven = commands::check_password(&desk.test.database, &desk.keys, &desk.hasher, desk.at(), login, ip).await?;
    let mut tx = desk.test.database.begin().await.unwrap();
    match commands::enter(&mut tx, &desk.keys, desk.at(), proven, None, ip).await? {
        Entry::Granted(person) => Ok(person),
        other => panic!("nobody here has an app: {other:?}"),
    }
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

/// [`PASSWORD`], hashed at half the cost of today with the keys of [`Desk`].
const EARLIER_HASH: &str =
    "$argon2id$v=19$m=8192,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$cYay9YMLOQ/al0uTHbIheONEHhBLpeK2cOmqaDT0dFY";

#[tokio::test]
async fn a_log_in_hashes_anew_what_was_hashed_at_another_cost() {
    let desk = Desk::open().await;
    let ana = desk.ana().await;
    let pool = desk.test.database.pool();
    sqlx::query("UPDATE credentials SET password_hash = $1").bind(EARLIER_HASH).execute(pool).await.unwrap();
    for _ in 0..2 {
        assert_eq!(attempt(&desk, "ana@example.org", PASSWORD, "192.0.2.1").await.unwrap().id, ana.id);
        let kept: String = sqlx::query_scalar("SELECT password_hash FROM credentials").fetch_one(pool).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    }
}

#[tokio::test]
async fn a_hundred_failures_from_anywhere_leave_only_the_mailed_link() {
    let desk = Desk::open().await;
    desk.ana().await;
    let wrong = "wrong horse battery";
    assert!(matches!(attempt(&desk, "ana@example.org", wrong, "192.0.2.1").await, Err(AccountsError::BadCredentials)));
    let pool = desk.test.database.pool();
    sqlx::query("UPDATE login_failures SET failures = 99 WHERE ip_prefix = '*'").execute(pool).await.unwrap();
    assert!(matches!(attempt(&desk, "ana@example.org", wrong, "192.0.2.2").await, Err(AccountsError::BadCredentials)));
    assert!(matches!(attempt(&desk, "ana@example.org", PASSWORD, "192.0.2.3").await, Err(AccountsError::Locked)));

    let mut tx = desk.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, desk.at(), "ana@example.org").await.unwrap().unwrap();
    let new = || Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &desk.keys, &desk.hasher, desk.at(), &link.token, new()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(attempt(&desk, "ana@example.org", new().expose(), "192.0.2.3").await.is_ok());
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
    assert!(matches!(
        take(&mut connection, "register/192.0.2.1", 3.0, 1.0, desk.clock.now()).await.unwrap(),
        Taken::WaitSeconds(seconds) if seconds > 0.0
    ));
    desk.clock.advance(TimeDelta::seconds(2));
    assert_eq!(take(&mut connection, "register/192.0.2.1", 3.0, 1.0, desk.clock.now()).await.unwrap(), Taken::Yes);
}
