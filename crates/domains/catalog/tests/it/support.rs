//! Profiles to find.

use catalog::drafts::{CelebrityDraft, OfferingDraft};
use catalog::{bulk, commands};
use database::Tx;
use database::testing::TestDatabase;
use kernel::{BookingMode, CategoryId, CelebrityId, Currency, Instant, Money, OfferingId, OfferingKind, SeededChance};

/// When the tests happen.
pub fn now() -> Instant {
    "2026-11-23T09:00:00Z".parse().unwrap()
}

pub struct Stage {
    pub test: TestDatabase,
    pub chance: SeededChance,
    pub actors: CategoryId,
    pub chefs: CategoryId,
}

impl Stage {
    /// Two categories and nobody in them.
    pub async fn new() -> Self {
        let (test, chance) = (TestDatabase::new().await, SeededChance::new(7));
        let (actors, chefs) = (CategoryId::new(&chance, now()), CategoryId::new(&chance, now()));
        let mut tx = test.database.begin().await.unwrap();
        let rows = [(actors, "actors", "Actors"), (chefs, "chefs", "Chefs")].map(|(id, slug, name)| {
            bulk::CategoryRow { id: id.0, slug: slug.into(), name: name.into(), tagline: "".into(), position: 1 }
        });
        bulk::copy_categories(&mut tx, rows).await.unwrap();
        tx.commit().await.unwrap();
        Self { test, chance, actors, chefs }
    }

    pub fn draft(&self, slug: &str, stage_name: &str, category: CategoryId) -> CelebrityDraft {
        CelebrityDraft {
            person_id: None,
            slug: slug.into(),
            stage_name: stage_name.into(),
            headline: "A voice that fills the hall".into(),
            bio: "Began on the ferry.".into(),
            languages: vec!["en".into()],
            city: "Zürich".into(),
            country: "CH".into(),
            time_zone: "Europe/Zurich".into(),
            hue: 12,
            currency: Currency::Usd,
            categories: vec![category],
        }
    }

    /// A profile with one video call at this price.
    pub async fn add(&self, tx: &mut Tx, draft: &CelebrityDraft, price_minor: i64) -> (CelebrityId, OfferingId) {
        let id = commands::create_celebrity(tx, &self.chance, now(), draft).await.unwrap();
        let call = OfferingDraft { price: Money::new(price_minor, draft.currency), ..call(id, price_minor) };
        let offering = commands::create_offering(tx, &self.chance, now(), &call).await.unwrap();
        (id, offering)
    }
}

/// A video call of half an hour.
pub fn call(celebrity_id: CelebrityId, price_minor: i64) -> OfferingDraft {
    OfferingDraft {
        celebrity_id,
        kind: OfferingKind::VideoCall,
        mode: BookingMode::Instant,
        title: "Video call".into(),
        description: String::new(),
        price: Money::new(price_minor, Currency::Usd),
        duration_minutes: Some(30),
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        step_minutes: 30,
        lead_time_minutes: 60,
        horizon_days: 90,
        deliver_within_days: None,
        policy_key: "moderate".into(),
        is_active: true,
        position: 0,
    }
}
