//! A database with the services of accounts, a manual clock, and people to sign in as.

use accounts::commands::{
    self, BrowserSession, Circumstances, PasswordLink, Passwords, Presented, Registered, Registration, RenewedSession,
    TokenPair,
};
use accounts::queries::{self, Person};
use accounts::{AccountsError, BreachedPasswords, Hasher, Keys, SessionCache};
use database::testing::TestDatabase;
use kernel::{Chance, Clock, ManualClock, PersonId, Secret, SystemChance};

pub const PASSWORD: &str = "correct horse battery";
pub const SHOWN: Presented<'static> = from("192.0.2.1");

/// A device that nobody has signed in from, in this network.
pub const fn from(ip_prefix: &str) -> Presented<'_> {
    Presented { user_agent: "test", ip_prefix, device: None, network_is_spent: false }
}

/// Everything that accounts need.
pub struct AccountsFixture {
    pub test: TestDatabase,
    pub keys: Keys,
    pub hasher: Hasher,
    pub clock: ManualClock,
    pub breached: Option<BreachedPasswords>,
}

impl AccountsFixture {
    pub async fn open() -> Self {
        let clock = ManualClock::at("2026-12-01T12:00:00Z".parse().unwrap());
        Self {
            test: TestDatabase::new().await,
            keys: Keys::derive(&Secret::new(vec![7; 32])),
            hasher: Hasher::new(2),
            clock,
            breached: None,
        }
    }

    pub fn at(&self) -> Circumstances<'static> {
        static CHANCE: SystemChance = SystemChance;
        Circumstances { now: self.clock.now(), chance: &CHANCE as &dyn Chance }
    }

    pub fn passwords(&self) -> Passwords<'_> {
        Passwords { keys: &self.keys, hasher: &self.hasher, breached: self.breached.as_ref() }
    }

    pub async fn register(&self, email: &str) -> Registered {
        self.register_as(email, "Ana", PASSWORD).await.unwrap()
    }

    pub async fn register_as(&self, email: &str, name: &str, password: &str) -> Result<Registered, AccountsError> {
        let registration = Registration {
            email: email.to_owned(),
            display_name: name.to_owned(),
            password: Secret::new(password.to_owned()),
            time_zone: "Europe/Lisbon".to_owned(),
        };
        let prepared = commands::prepare_registration(self.passwords(), self.at(), registration).await?;
        let mut tx = self.test.database.begin().await.unwrap();
        let registered = commands::register(&mut tx, self.at(), prepared).await?;
        tx.commit().await.unwrap();
        Ok(registered)
    }

    pub async fn ana(&self) -> Person {
        let Registered::New { person, .. } = self.register("ana@example.org").await else {
            panic!("the address was free")
        };
        self.person(person).await
    }

    pub async fn person(&self, id: PersonId) -> Person {
        queries::person(&mut self.test.database.acquire().await.unwrap(), id).await.unwrap().unwrap()
    }

    pub async fn sign_in(&self, person: &Person) -> TokenPair {
        let mut tx = self.test.database.begin().await.unwrap();
        let pair = commands::open_api_session(&mut tx, &self.keys, self.at(), person, SHOWN).await.unwrap();
        tx.commit().await.unwrap();
        pair
    }

    pub async fn sign_in_with_browser(&self, person: &Person, shown: Presented<'_>) -> BrowserSession {
        let mut tx = self.test.database.begin().await.unwrap();
        let session = commands::open_browser_session(&mut tx, &self.keys, self.at(), person, shown).await.unwrap();
        tx.commit().await.unwrap();
        session
    }

    /// A link for a new password, if one is mailed.
    pub async fn ask_for_link(&self, email: &str, shown: Presented<'_>) -> Option<PasswordLink> {
        let mut tx = self.test.database.begin().await.unwrap();
        let link = commands::request_password_link(&mut tx, &self.keys, self.at(), email, shown).await.unwrap();
        if link.is_some() {
            tx.commit().await.unwrap();
        }
        link
    }

    pub async fn reset(&self, token: &Secret<String>, new: &str) -> Result<PersonId, AccountsError> {
        let (database, at) = (&self.test.database, self.at());
        let new = Secret::new(new.to_owned());
        let prepared = commands::prepare_reset(database, self.passwords(), at, token, new).await?;
        let mut tx = database.begin().await.unwrap();
        let person = commands::reset_password(&mut tx, &self.keys, at, token, &prepared).await?;
        tx.commit().await.unwrap();
        Ok(person)
    }

    /// Changes the password of `person` in a session of theirs, which is signed in for it.
    pub async fn change(&self, person: &Person, pair: &TokenPair, new: &str) -> Result<RenewedSession, AccountsError> {
        let (database, at) = (&self.test.database, self.at());
        let cache = SessionCache::default();
        let caller = cache.by_access_token(database, &self.keys, at.now, &pair.access.text).await?;
        assert_eq!(caller.id, person.id);
        let new = Secret::new(new.to_owned());
        let prepared = commands::prepare_change(self.passwords(), at, &caller, new).await?;
        let mut tx = database.begin().await.unwrap();
        let renewed = commands::change_password(&mut tx, &self.keys, at, &caller, &prepared, SHOWN).await?;
        tx.commit().await.unwrap();
        Ok(renewed)
    }
}
