//! Logging in, and being slowed down.

use accounts::AccountsError;
use accounts::commands::{self, PasswordLogin, Presented};
use accounts::queries::Person;
use chrono::TimeDelta;
use kernel::{Clock, Secret};

use crate::support::{AccountsFixture, PASSWORD, from};

async fn attempt(fixture: &AccountsFixture, email: &str, password: &str, ip: &str) -> Result<Person, AccountsError> {
    attempt_from(fixture, email, password, from(ip)).await
}

async fn attempt_from(
    fixture: &AccountsFixture,
    email: &str,
    password: &str,
    shown: Presented<'_>,
) -> Result<Person, AccountsError> {
    let login = PasswordLogin { email: email.to_owned(), password: Secret::new(password.to_owned()) };
    let (database, passwords) = (&fixture.test.database, fixture.passwords());
    let proven = commands::check_password(database, passwords, fixture.at(), login, shown).await?;
    commands::enter_without_code(proven)
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
async fn a_password_is_found_in_either_spelling_of_its_letters() {
    let fixture = AccountsFixture::open().await;
    fixture.register_as("ana@example.org", "Ana", "caf\u{e9} au lait, please").await.unwrap();
    assert!(attempt(&fixture, "ana@example.org", "cafe\u{301} au lait, please", "192.0.2.1").await.is_ok());
}

/// A hundred wrong passwords from forty networks, at the pace that their own waiting times leave.
async fn attack(fixture: &AccountsFixture, email: &str) {
    for turn in 0..100 {
        let refused = attempt(fixture, email, WRONG, &format!("198.51.100.{}", turn % 40)).await;
        assert!(matches!(refused, Err(AccountsError::BadCredentials)), "try {turn}: {refused:?}");
    }
}

const WRONG: &str = "wrong horse battery";

#[tokio::test]
async fn strangers_who_guess_keep_each_other_out_and_not_the_owner() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let session = fixture.sign_in_with_browser(&ana, from("192.0.2.1")).await;
    attack(&fixture, &ana.email).await;
    for spelling in [ana.email.as_str(), "ANA@Example.ORG "] {
        let stranger = attempt(&fixture, spelling, PASSWORD, "203.0.113.9").await;
        assert!(matches!(stranger, Err(AccountsError::Locked(86_400))), "{stranger:?}");
    }

    // From a network, or with a device, that the owner has signed in from.
    assert_eq!(attempt(&fixture, &ana.email, PASSWORD, "192.0.2.1").await.unwrap().id, ana.id);
    let device = Presented { device: Some(session.device.expose()), ..from("203.0.113.9") };
    assert_eq!(attempt_from(&fixture, &ana.email, PASSWORD, device).await.unwrap().id, ana.id);
    let still = attempt(&fixture, &ana.email, WRONG, "203.0.113.9").await;
    assert!(matches!(still, Err(AccountsError::Locked(_))), "the owner's success lets no stranger in");

    // By a mailed link.
    let link = fixture.ask_for_link(&ana.email, from("203.0.113.9")).await.unwrap();
    fixture.reset(&link.token, "a quite different phrase").await.unwrap();
    assert!(attempt(&fixture, &ana.email, "a quite different phrase", "203.0.113.9").await.is_ok());
}

#[tokio::test]
async fn strangers_have_one_try_a_day_after_a_hundred() {
    let fixture = AccountsFixture::open().await;
    fixture.ana().await;
    attack(&fixture, "ana@example.org").await;
    fixture.clock.advance(TimeDelta::hours(24));
    let wrong = attempt(&fixture, "ana@example.org", WRONG, "203.0.113.9").await;
    assert!(matches!(wrong, Err(AccountsError::BadCredentials)));
    let refused = attempt(&fixture, "ana@example.org", PASSWORD, "203.0.113.10").await;
    assert!(matches!(refused, Err(AccountsError::Locked(86_400))));
    fixture.clock.advance(TimeDelta::hours(24));
    assert!(attempt(&fixture, "ana@example.org", PASSWORD, "203.0.113.10").await.is_ok());
    let freed = attempt(&fixture, "ana@example.org", WRONG, "203.0.113.9").await;
    assert!(matches!(freed, Err(AccountsError::BadCredentials)), "a stranger's success ends the chain");
}

#[tokio::test]
async fn an_unknown_address_is_slowed_like_a_known_one() {
    let fixture = AccountsFixture::open().await;
    attack(&fixture, "nobody@example.org").await;
    let refused = attempt(&fixture, "nobody@example.org", WRONG, "203.0.113.9").await;
    assert!(matches!(refused, Err(AccountsError::Locked(86_400))));
}

#[tokio::test]
async fn a_known_device_that_guesses_is_slowed_for_itself() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let session = fixture.sign_in_with_browser(&ana, from("192.0.2.1")).await;
    let stolen = Presented { device: Some(session.device.expose()), ..from("198.51.100.1") };
    for _ in 0..5 {
        let refused = attempt_from(&fixture, &ana.email, WRONG, stolen).await;
        assert!(matches!(refused, Err(AccountsError::BadCredentials)));
    }
    // Another network does not help it, and another device waits for nothing.
    let moved = Presented { ip_prefix: "198.51.100.2", ..stolen };
    let refused = attempt_from(&fixture, &ana.email, PASSWORD, moved).await;
    assert!(matches!(refused, Err(AccountsError::Slowed(1))));
    assert!(attempt(&fixture, &ana.email, PASSWORD, "198.51.100.1").await.is_ok());
}

#[tokio::test]
async fn networks_of_ended_sessions_are_strangers_again() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    for network in ["192.0.2.1", "192.0.2.2"] {
        fixture.sign_in_with_browser(&ana, from(network)).await;
    }
    let pool = fixture.test.database.pool();
    let end = "UPDATE sessions SET revoked_at = created_at, revoke_reason = $1 WHERE ip_prefix = $2";
    for (reason, network) in [("logout", "192.0.2.1"), ("ended_by_owner", "192.0.2.2")] {
        sqlx::query(end).bind(reason).bind(network).execute(pool).await.unwrap();
    }
    attack(&fixture, &ana.email).await;
    assert!(attempt(&fixture, &ana.email, PASSWORD, "192.0.2.1").await.is_ok(), "signed out, and still the owner's");
    let thrown_out = attempt(&fixture, &ana.email, PASSWORD, "192.0.2.2").await;
    assert!(matches!(thrown_out, Err(AccountsError::Locked(_))), "the owner has said that it was not them");
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
