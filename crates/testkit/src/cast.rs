//! People of every role, signed in.

use std::borrow::Cow;

use accounts::bulk::PersonRow;
use accounts::commands::{self, Presented};
use accounts::queries;
use axum::Router;
use database::Tx;
use entry::Site;
use kernel::{Instant, PersonId};

use crate::catalog::{self, TestStar};
use crate::{TestCaller, TestSite};

const SHOWN: Presented<'static> =
    Presented { user_agent: "testkit", ip_prefix: "192.0.2.7", device: None, network_is_spent: false };

/// The clients that tests call the site with.
#[derive(Debug)]
pub struct Cast {
    pub anonymous: TestCaller,
    pub customer: TestCaller,
    /// A customer who must not see what belongs to the first one.
    pub other_customer: TestCaller,
    /// The person behind [`Cast::star`].
    pub celebrity: TestCaller,
    pub other_celebrity: TestCaller,
    /// An agent who represents [`Cast::star`].
    pub agent: TestCaller,
    pub other_agent: TestCaller,
    pub support: TestCaller,
    pub admin: TestCaller,
    /// A customer who signed in and was suspended afterwards.
    pub suspended: TestCaller,
    /// A customer who has not verified their address.
    pub unverified: TestCaller,
    /// A profile with open hours and an instant video call.
    pub star: TestStar,
    pub other_star: TestStar,
}

impl Cast {
    /// All clients.
    pub fn callers(&self) -> [&TestCaller; 11] {
        [
            &self.anonymous,
            &self.customer,
            &self.other_customer,
            &self.celebrity,
            &self.other_celebrity,
            &self.agent,
            &self.other_agent,
            &self.support,
            &self.admin,
            &self.suspended,
            &self.unverified,
        ]
    }

    pub(crate) async fn engage(site: &Site, router: &Router) -> Self {
        let hire = |name, role, verified| hire(site, router, name, role, verified);
        let celebrity = hire("celebrity", "celebrity", true).await;
        let other_celebrity = hire("other-celebrity", "celebrity", true).await;
        let (agent, other_agent) = (hire("agent", "agent", true).await, hire("other-agent", "agent", true).await);
        let star = catalog::publish(site, "ada-quill", "Ada Quill", celebrity.id(), agent.id()).await;
        let other_star = catalog::publish(site, "bo-larsen", "Bo Larsen", other_celebrity.id(), other_agent.id()).await;
        let suspended = hire("suspended", "customer", true).await;
        suspend(site, suspended.id()).await;
        let anonymous = TestCaller {
            name: "anonymous",
            person: None,
            token: None,
            cookie: None,
            peer: None,
            router: router.clone(),
        };
        Self {
            anonymous,
            customer: hire("customer", "customer", true).await,
            other_customer: hire("other-customer", "customer", true).await,
            celebrity,
            other_celebrity,
            agent,
            other_agent,
            support: hire("support", "support", true).await,
            admin: hire("admin", "admin", true).await,
            suspended,
            unverified: hire("unverified", "customer", false).await,
            star,
            other_star,
        }
    }
}

/// Creates a person and signs them in with a token and with a cookie.
async fn hire(site: &Site, router: &Router, name: &'static str, role: &'static str, verified: bool) -> TestCaller {
    let at = site.circumstances();
    let id = PersonId::new(at.chance, at.now);
    let row = PersonRow {
        id: id.0,
        email: Cow::Owned(format!("{name}@example.org")),
        display_name: Cow::Borrowed(name),
        roles: vec![Cow::Borrowed(role)],
        time_zone: Cow::Borrowed("Europe/Lisbon"),
        email_verified_at: verified.then_some(at.now),
        is_demo: false,
        created_at: at.now,
        updated_at: at.now,
    };
    let mut tx = site.database.begin().await.expect("begins");
    accounts::bulk::copy_people(&mut tx, [row]).await.expect("inserts");
    if role == "support" || role == "admin" {
        give_passkey(&mut tx, id, at.now).await;
    }
    tx.commit().await.expect("commits");
    sign_in(site, TestCaller { name, person: Some(id), token: None, cookie: None, peer: None, router: router.clone() })
        .await
}

/// A second factor, which staff cannot do without. No device holds its key.
async fn give_passkey(tx: &mut Tx, person: PersonId, now: Instant) {
    sqlx::query(
        "INSERT INTO passkeys (id, person_id, name, credential_id, public_key, device_state, transports, created_at)
         VALUES ($1, $1, 'Phone', uuid_send($1), '', '', 0, $2)",
    )
    .bind(person.0)
    .bind(now)
    .execute(&mut **tx)
    .await
    .expect("inserts");
}

/// The same person with a new API session and a new browser session.
async fn sign_in(site: &Site, caller: TestCaller) -> TestCaller {
    let at = site.circumstances();
    let mut tx = site.database.begin().await.expect("begins");
    let person = queries::person(&mut tx, caller.id()).await.expect("reads").expect("is somebody");
    let pair = commands::open_api_session(&mut tx, &site.keys, at, &person, SHOWN).await.expect("opens");
    let browser = commands::open_browser_session(&mut tx, &site.keys, at, &person, SHOWN).await.expect("opens");
    tx.commit().await.expect("commits");
    TestCaller { token: Some(pair.access.text.clone()), cookie: Some(browser.cookie.expose().clone()), ..caller }
}

impl TestCaller {
    /// The same person with new sessions, for after the clock has moved past the life of a token.
    pub async fn signed_in_anew(&self, site: &TestSite) -> Self {
        sign_in(&site.site, self.clone()).await
    }
}

async fn suspend(site: &Site, person: PersonId) {
    let mut tx = site.database.begin().await.expect("begins");
    commands::suspend(&mut tx, site.clock.now(), person).await.expect("suspends");
    tx.commit().await.expect("commits");
}
