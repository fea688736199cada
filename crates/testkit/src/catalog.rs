//! Published profiles with offerings.

use std::borrow::Cow;

use ::catalog::bulk::{self, CelebrityRow, OfferingRow, WeeklyHoursRow};
use accounts::bulk::RepresentationRow;
use entry::Site;
use kernel::{BookingMode, CelebrityId, Instant, OfferingId, OfferingKind, PersonId};

use crate::TestSite;

/// A published profile.
#[derive(Debug, Clone)]
pub struct TestStar {
    pub id: CelebrityId,
    pub slug: &'static str,
    pub person: PersonId,
    /// A video call of 30 minutes for 250 USD, booked at once, with the policy `flexible`.
    pub call: TestOffering,
    /// A personal video for 80 USD within 7 days, on request.
    pub video: TestOffering,
}

/// An offering of a profile.
#[derive(Debug, Clone)]
pub struct TestOffering {
    pub id: OfferingId,
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: &'static str,
    pub price_minor: i64,
}

/// Publishes a profile that is open every day from 9 to 17 UTC.
pub async fn publish(
    site: &Site,
    slug: &'static str,
    stage_name: &'static str,
    person: PersonId,
    agent: PersonId,
) -> TestStar {
    let at = site.circumstances();
    let star = TestStar {
        id: CelebrityId::new(at.chance, at.now),
        slug,
        person,
        call: TestOffering {
            id: OfferingId::new(at.chance, at.now),
            kind: OfferingKind::VideoCall,
            mode: BookingMode::Instant,
            title: "Half an hour on screen",
            price_minor: 25_000,
        },
        video: TestOffering {
            id: OfferingId::new(at.chance, at.now),
            kind: OfferingKind::PersonalVideo,
            mode: BookingMode::Request,
            title: "A greeting for one person",
            price_minor: 8_000,
        },
    };
    let mut tx = site.database.begin().await.expect("begins");
    bulk::copy_celebrities(&mut tx, [profile(site, &star, stage_name)]).await.expect("inserts");
    let offerings = [offering(site, &star, &star.call, 0), offering(site, &star, &star.video, 1)];
    bulk::copy_offerings(&mut tx, offerings).await.expect("inserts");
    let hours = (1..=7).map(|weekday| WeeklyHoursRow {
        id: at.chance.uuid(at.now),
        celebrity_id: star.id.0,
        weekday,
        opens_minute: 9 * 60,
        closes_minute: 17 * 60,
    });
    bulk::copy_weekly_hours(&mut tx, hours.collect::<Vec<_>>()).await.expect("inserts");
    let representation = RepresentationRow {
        id: at.chance.uuid(at.now),
        celebrity_id: star.id.0,
        agent_id: agent.0,
        scopes: ["hold", "quote", "sign", "message"].map(Cow::Borrowed).to_vec(),
        granted_at: at.now,
        revoked_at: None,
    };
    accounts::bulk::copy_representations(&mut tx, [representation]).await.expect("inserts");
    catalog::commands::derive_all(&mut tx, at.now).await.expect("derives");
    tx.commit().await.expect("commits");
    star
}

fn profile(site: &Site, star: &TestStar, stage_name: &'static str) -> CelebrityRow {
    let now = site.clock.now();
    CelebrityRow {
        id: star.id.0,
        person_id: Some(star.person.0),
        agency_id: None,
        slug: Cow::Borrowed(star.slug),
        stage_name: Cow::Borrowed(stage_name),
        headline: Cow::Borrowed("Sings for those who listen"),
        bio: Cow::Borrowed("Thirty years on small stages."),
        languages: vec![Cow::Borrowed("en")],
        city: Cow::Borrowed("Lisbon"),
        country: Cow::Borrowed("PT"),
        time_zone: Cow::Borrowed("UTC"),
        portrait_id: None,
        hue: 210,
        verified_at: Some(now),
        status: Cow::Borrowed("published"),
        currency: Cow::Borrowed("USD"),
        created_at: now,
        updated_at: now,
    }
}

fn offering(site: &Site, star: &TestStar, offered: &TestOffering, position: i16) -> OfferingRow {
    let now = site.clock.now();
    let takes_time = offered.kind.takes_time();
    OfferingRow {
        id: offered.id.0,
        celebrity_id: star.id.0,
        kind: Cow::Borrowed(offered.kind.as_str()),
        mode: Cow::Borrowed(offered.mode.as_str()),
        title: Cow::Borrowed(offered.title),
        description: Cow::Borrowed("As it says."),
        price_minor: offered.price_minor,
        currency: Cow::Borrowed("USD"),
        duration_minutes: takes_time.then_some(30),
        buffer_before_minutes: 0,
        buffer_after_minutes: if takes_time { 15 } else { 0 },
        step_minutes: 30,
        lead_time_minutes: 60,
        horizon_days: 180,
        deliver_within_days: (!takes_time).then_some(7),
        policy_key: Cow::Borrowed("flexible"),
        is_active: true,
        position,
        created_at: now,
        updated_at: now,
    }
}

impl TestSite {
    /// Whether the star's video call can begin at this moment.
    pub async fn is_free(&self, star: &TestStar, starts_at: Instant) -> bool {
        let mut connection = self.site.database.acquire().await.expect("a connection");
        overviews::availability::is_open(&mut connection, star.call.id, starts_at, self.now()).await.expect("reads")
    }
}
