//! Logging in, and being slowed down.

use accounts::AccountsError;
use accounts::commands::{self, PasswordLogin, SecondFactorOutcome};
use accounts::queries::Person;
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{AccountsFixture, PASSWORD};

async fn attempt(fixture: &AccountsFixture, email: &str, password: &str, ip: &str) -> Result<Person, AccountsError> {
    let login = PasswordLogin { email: email.to_owned(), password: Secret::new(password.to_owned()) };
    let proven =
        commands::check_password(&fixture.test.database, &fixture.keys, &fixture.hasher, fixture.at(), login, ip)
            .await?;
    let mut tx = fixture.test.database.begin().await.unwrap();
    match commands::enter(&mut tx, &fixture.keys, fixture.at(), proven, None, ip).await? {
        SecondFactorOutcome::Granted(person) => Ok(person),
        other => panic!("nobody here has an app: {other:?}"),
    }
}

#[tokio::test]
async fn the_right_password_opens_in_any_letter_case_of_the_address() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    assert_eq!(attempt(&fixture, " Ana@Example.org ", PASSWORD, "192.0.2.1").await.unwrap().id, ana.id);
}

#[tokio::test]
async fn known_and_unknown_fail_alike() {
    let fixture = AccountsFixture::open().await;
    fixture.ana().await;
    for email in ["ana@example.org", "nobody@example.org"] {
        assert!(
            matches!(
                attempt(&fixture, email, "wrong horse battery", "192.0.2.1").await,
                Err(AccountsError::BadCredentials)
            ),
            "{email}"
        );
    }
}

#[tokio::test]
async fn five_failures_slow_this_network_and_no_other() {
    let fixture = AccountsFixture::open().await;
    fixture.ana().await;
    for _ in 0..5 {
        assert!(matches!(
            attempt(&fixture, "ana@example.org", "wrong horse battery", "192.0.2.1").await,
            Err(AccountsError::BadCredentials)
        ));
    }
    assert!(matches!(attempt(&fixture, "ana@example.org", PASSWORD, "192.0.2.1").await, Err(AccountsError::Slowed(1))));
    assert!(attempt(&fixture, "ana@example.org", PASSWORD, "198.51.100.7").await.is_ok());
    fixture.clock.advance(TimeDelta::seconds(1));
    assert!(attempt(&fixture, "ana@example.org", PASSWORD, "192.0.2.1").await.is_ok());
    assert!(
        matches!(
            attempt(&fixture, "ana@example.org", "wrong horse battery", "192.0.2.1").await,
            Err(AccountsError::BadCredentials)
        ),
        "a success cleared the count"
    );
}

/// [`PASSWORD`], hashed at half the cost of today with the keys of [`AccountsFixture`].
const EARLIER_HASH: &str =
    "$argon2id$v=19$m=8192,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$cYay9YMLOQ/al0uTHbIheONEHhBLpeK2cOmqaDT0dFY";

#[tokio::test]
async fn a_log_in_hashes_anew_what_was_hashed_at_another_cost() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pool = fixture.test.database.pool();
    sqlx::query("UPDATE credentials SET password_hash = $1").bind(EARLIER_HASH).execute(pool).await.unwrap();
    for _ in 0..2 {
        assert_eq!(attempt(&fixture, "ana@example.org", PASSWORD, "192.0.2.1").await.unwrap().id, ana.id);
        let kept: String = sqlx::query_scalar("SELECT password_hash FROM credentials").fetch_one(pool).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    }
}

#[tokio::test]
async fn a_hundred_failures_from_anywhere_leave_only_the_mailed_link() {
    let fixture = AccountsFixture::open().await;
    fixture.ana().await;
    let wrong = "wrong horse battery";
    assert!(matches!(
        attempt(&fixture, "ana@example.org", wrong, "192.0.2.1").await,
        Err(AccountsError::BadCredentials)
    ));
    let pool = fixture.test.database.pool();
    sqlx::query("UPDATE login_failures SET failures = 99 WHERE ip_prefix = '*'").execute(pool).await.unwrap();
    assert!(matches!(
        attempt(&fixture, "ana@example.org", wrong, "192.0.2.2").await,
        Err(AccountsError::BadCredentials)
    ));
    assert!(matches!(attempt(&fixture, "ana@example.org", PASSWORD, "192.0.2.3").await, Err(AccountsError::Locked)));

    let mut tx = fixture.test.database.begin().await.unwrap();
    let link = commands::request_password_link(&mut tx, fixture.at(), "ana@example.org").await.unwrap().unwrap();
    let new = || Secret::new("a quite different phrase".to_owned());
    commands::reset_password(&mut tx, &fixture.keys, &fixture.hasher, fixture.at(), &link.token, new()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(attempt(&fixture, "ana@example.org", new().expose(), "192.0.2.3").await.is_ok());
}

#[tokio::test]
async fn suspension_ends_everything() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let cache = accounts::SessionCache::default();
    assert!(
        cache
            .by_access_token(&fixture.test.database, &fixture.keys, fixture.clock.now(), &pair.access.text)
            .await
            .is_ok()
    );
    let mut tx = fixture.test.database.begin().await.unwrap();
    commands::suspend(&mut tx, fixture.clock.now(), ana.id).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(attempt(&fixture, "ana@example.org", PASSWORD, "192.0.2.1").await, Err(AccountsError::Suspended)));
    fixture.clock.advance(TimeDelta::seconds(5));
    let access =
        cache.by_access_token(&fixture.test.database, &fixture.keys, fixture.clock.now(), &pair.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)), "five seconds later the cache has looked again");
}

#[tokio::test]
async fn a_bucket_empties_and_refills() {
    use accounts::throttle::{ThrottleOutcome, take};
    let fixture = AccountsFixture::open().await;
    let mut connection = fixture.test.database.acquire().await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            take(&mut connection, "register/192.0.2.1", 3.0, 1.0, fixture.clock.now()).await.unwrap(),
            ThrottleOutcome::Allowed
        );
    }
    let empty = take(&mut connection, "register/192.0.2.1", 3.0, 1.0, fixture.clock.now()).await.unwrap();
    assert!(matches!(empty, ThrottleOutcome::WaitSeconds(seconds) if seconds > 0.0));
    fixture.clock.advance(TimeDelta::seconds(2));
    assert_eq!(
        take(&mut connection, "register/192.0.2.1", 3.0, 1.0, fixture.clock.now()).await.unwrap(),
        ThrottleOutcome::Allowed
    );
}
