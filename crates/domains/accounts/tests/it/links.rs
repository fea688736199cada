//! Mailed links work once, and only until they expire.

use accounts::AccountsError;
use accounts::commands::{self, Presented, Registered};
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::Secret;

use crate::support::{AccountsFixture, SHOWN, from};

async fn verify(fixture: &AccountsFixture, token: &Secret<String>) -> Result<(), AccountsError> {
    let mut tx = fixture.test.database.begin().await.unwrap();
    commands::verify_email(&mut tx, fixture.at(), token).await?;
    tx.commit().await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_link_works_once_even_when_ten_use_it_at_once() {
    let fixture = AccountsFixture::open().await;
    let Registered::New { person, link, .. } = fixture.register("ana@example.org").await else {
        panic!("the address was free")
    };
    let used = join_all((0..10).map(|_| verify(&fixture, &link.0))).await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(fixture.person(person).await.email_verified);
}

#[tokio::test]
async fn a_link_expires() {
    let fixture = AccountsFixture::open().await;
    let Registered::New { link, .. } = fixture.register("ana@example.org").await else {
        panic!("the address was free")
    };
    fixture.clock.advance(TimeDelta::hours(48));
    assert!(matches!(verify(&fixture, &link.0).await, Err(AccountsError::LinkSpent)));
}

#[tokio::test]
async fn registering_again_leaves_the_account_as_it_is() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let stored = async || {
        let row: (String, String, String, String, i64) = sqlx::query_as(
            "SELECT email, display_name, time_zone, password_hash, (SELECT count(*) FROM purpose_tokens WHERE used_at IS NULL)
             FROM people JOIN credentials ON person_id = id",
        )
        .fetch_one(fixture.test.database.pool())
        .await
        .unwrap();
        row
    };
    let before = stored().await;
    let again = fixture.register_as("ANA@example.org", "Mallory", "another horse and battery").await.unwrap();
    let Registered::AddressTaken { person, .. } = again else { panic!("the address is taken") };
    assert_eq!((person, stored().await), (ana.id, before));
}

#[tokio::test]
async fn an_address_of_an_earlier_release_is_taken_in_either_spelling() {
    let fixture = AccountsFixture::open().await;
    let Registered::New { person, email, .. } = fixture.register("ana@B\u{fc}cher.example").await else {
        panic!("the address was free")
    };
    assert_eq!(email, "ana@xn--bcher-kva.example");
    sqlx::query("UPDATE people SET email = 'ana@b\u{fc}cher.example'")
        .execute(fixture.test.database.pool())
        .await
        .unwrap();
    for spelling in ["ana@b\u{fc}cher.example", "Ana@XN--bcher-kva.example"] {
        let Registered::AddressTaken { person: taken, .. } = fixture.register(spelling).await else {
            panic!("{spelling} is taken")
        };
        assert_eq!(taken, person);
        assert!(fixture.ask_for_link(spelling, SHOWN).await.is_some());
    }
}

const NEW: &str = "a quite different phrase";

#[tokio::test]
async fn a_new_password_ends_every_session() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let pair = fixture.sign_in(&ana).await;
    let link = fixture.ask_for_link("ana@example.org", SHOWN).await.unwrap();
    fixture.reset(&link.token, NEW).await.unwrap();
    let cache = accounts::SessionCache::default();
    let access =
        cache.by_access_token(&fixture.test.database, &fixture.keys, fixture.at().now, &pair.access.text).await;
    assert!(matches!(access, Err(AccountsError::NoSession)));
}

#[tokio::test]
async fn no_link_survives_a_new_password_or_a_suspension() {
    for end in ["change", "reset", "suspension"] {
        let fixture = AccountsFixture::open().await;
        let ana = fixture.ana().await;
        let pair = fixture.sign_in(&ana).await;
        let first = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
        let second = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
        match end {
            "change" => drop(fixture.change(&ana, &pair, NEW).await.unwrap()),
            "reset" => drop(fixture.reset(&second.token, NEW).await.unwrap()),
            _ => {
                let mut tx = fixture.test.database.begin().await.unwrap();
                commands::suspend(&mut tx, fixture.at().now, ana.id).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        for link in [first, second] {
            let late = fixture.reset(&link.token, "the phrase of whoever has the mail").await;
            assert!(matches!(late, Err(AccountsError::LinkSpent)), "after a {end}");
        }
    }
}

#[tokio::test]
async fn a_reset_checks_the_new_password_before_it_spends_the_link() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let link = fixture.ask_for_link(&ana.email, SHOWN).await.unwrap();
    assert!(matches!(fixture.reset(&link.token, "short").await, Err(AccountsError::Fields(_))));
    fixture.reset(&link.token, NEW).await.unwrap();
}

#[tokio::test]
async fn one_verification_link_is_mailed_in_an_hour() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    for (minutes, is_mailed) in [(0, true), (30, false), (29, false), (1, true)] {
        fixture.clock.advance(TimeDelta::minutes(minutes));
        let mut tx = fixture.test.database.begin().await.unwrap();
        let verification = commands::request_verification(&mut tx, fixture.at(), ana.id).await;
        assert_eq!(verification.is_ok(), is_mailed, "after {minutes} more minutes");
        if is_mailed {
            tx.commit().await.unwrap();
        } else {
            assert!(matches!(verification, Err(AccountsError::MailedLately(1..=1_801))));
            tx.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn strangers_get_three_links_an_hour_together_and_keep_nobody_s_own_away() {
    let fixture = AccountsFixture::open().await;
    let ana = fixture.ana().await;
    let session = fixture.sign_in_with_browser(&ana, from("192.0.2.1")).await;
    let asked = async |network: &str| fixture.ask_for_link(&ana.email, from(network)).await;
    let mut mailed = Vec::new();
    for network in 0..40 {
        mailed.extend(asked(&format!("198.51.100.{network}")).await);
    }
    assert_eq!(mailed.len(), 3, "whoever asks, from wherever");
    // The owner's own link comes all the same, to a device and to a network that they have signed in from.
    let device = Presented { device: Some(session.device.expose()), ..from("203.0.113.9") };
    for _ in 0..3 {
        assert!(fixture.ask_for_link(&ana.email, device).await.is_some());
        assert!(asked("192.0.2.1").await.is_some());
    }
    assert!(asked("192.0.2.1").await.is_none(), "those are bounded too");
    // An owner who asks from elsewhere has links in the mailbox that work on.
    fixture.clock.advance(TimeDelta::minutes(20));
    assert!(asked("203.0.113.9").await.is_some());
    fixture.clock.advance(TimeDelta::minutes(39));
    fixture.reset(&mailed[2].token, NEW).await.unwrap();
}
