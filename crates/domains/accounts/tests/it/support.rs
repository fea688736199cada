//! A database with the services of accounts, a manual clock, and people to sign in as.

use accounts::commands::{self, Circumstances, Presented, Registered, Registration, TokenPair};
use accounts::queries::{self, Person};
use accounts::{Hasher, Keys};
use database::testing::TestDatabase;
use kernel::{Chance, Clock, ManualClock, PersonId, Secret, SystemChance};

pub const PASSWORD: &str = "correct horse battery";
pub const SHOWN: Presented<'static> = Presented { user_agent: "test", ip_prefix: "192.0.2.1" };

/// Everything that accounts need.
pub struct AccountsFixture {
    pub test: TestDatabase,
    pub keys: Keys,
    pub hasher: Hasher,
    pub clock: ManualClock,
}

impl AccountsFixture {
    pub async fn open() -> Self {
        let clock = ManualClock::at("2026-12-01T12:00:00Z".parse().unwrap());
        Self {
            test: TestDatabase::new().await,
            keys: Keys::derive(&Secret::new(vec![7; 32])),
            hasher: Hasher::new(2),
            clock,
        }
    }

    pub fn at(&self) -> Circumstances<'static> {
        static CHANCE: SystemChance = SystemChance;
        Circumstances { now: self.clock.now(), chance: &CHANCE as &dyn Chance }
    }

    pub async fn register(&self, email: &str) -> Registered {
        let registration = Registration {
            email: email.to_owned(),
            display_name: "Ana".to_owned(),
            password: Secret::new(PASSWORD.to_owned()),
            time_zone: "Europe/Lisbon".to_owned(),
        };
        let prepared =
            commands::prepare_registration(&self.keys, &self.hasher, &SystemChance, registration).await.unwrap();
        let mut tx = self.test.database.begin().await.unwrap();
        let registered = commands::register(&mut tx, self.at(), prepared).await.unwrap();
        tx.commit().await.unwrap();
        registered
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
}
