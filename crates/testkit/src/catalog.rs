//! Published profiles with offerings.

use std::borrow::Cow;

use ::catalog::bulk::{self, CelebrityRow, OfferingRow, WeeklyHoursRow};
use accounts::bulk::RepresentationRow;
use entry::Site;
use kernel::{BookingMode, CelebrityId, Currency, Instant, OfferingId, OfferingKind, PersonId};

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

/// A profile as it is published: where, when and in which money.
#[derive(Debug, Clone, Copy)]
pub struct ProfileTerms {
    pub slug: &'static str,
    pub stage_name: &'static str,
    pub zone: &'static str,
    /// Open every day between these minutes after midnight there.
    pub open_minutes: (i16, i16),
    pub currency: Currency,
}

/// An offering as it is published.
#[derive(Debug, Clone, Copy)]
pub struct OfferingTerms {
    pub kind: OfferingKind,
    pub mode: BookingMode,
    pub title: &'static str,
    pub price_minor: i64,
    /// Of what takes time on the calendar.
    pub duration_minutes: i32,
    /// Before and after it.
    pub buffer_minutes: (i32, i32),
    pub policy: &'static str,
}

const CALL: OfferingTerms = OfferingTerms {
    kind: OfferingKind::VideoCall,
    mode: BookingMode::Instant,
    title: "Half an hour on screen",
    price_minor: 25_000,
    duration_minutes: 30,
    buffer_minutes: (0, 15),
    policy: "flexible",
};

const VIDEO: OfferingTerms = OfferingTerms {
    kind: OfferingKind::PersonalVideo,
    mode: BookingMode::Request,
    title: "A greeting for one person",
    price_minor: 8_000,
    buffer_minutes: (0, 0),
    ..CALL
};

/// Publishes a profile that is open every day from 9 to 17 UTC.
pub async fn publish(
    site: &Site,
    slug: &'static str,
    stage_name: &'static str,
    person: PersonId,
    agent: PersonId,
) -> TestStar {
    let at = site.circumstances();
    let id = || OfferingId::new(at.chance, at.now);
    let (call, video) = (TestOffering::of(id(), &CALL), TestOffering::of(id(), &VIDEO));
    let profile =
        ProfileTerms { slug, stage_name, zone: "UTC", open_minutes: (9 * 60, 17 * 60), currency: Currency::Usd };
    let id = publish_profile(site, &profile, Some(person), agent, &[(call.id, CALL), (video.id, VIDEO)]).await;
    TestStar { id, slug, person, call, video }
}

/// Publishes any profile with its offerings.
pub(crate) async fn publish_profile(
    site: &Site,
    terms: &ProfileTerms,
    person: Option<PersonId>,
    agent: PersonId,
    offerings: &[(OfferingId, OfferingTerms)],
) -> CelebrityId {
    let at = site.circumstances();
    let id = CelebrityId::new(at.chance, at.now);
    let mut tx = site.database.begin().await.expect("begins");
    bulk::copy_celebrities(&mut tx, [profile(id, terms, person, at.now)]).await.expect("inserts");
    let rows = (0..).zip(offerings).map(|(position, (offering_id, offered))| {
        offering((id, *offering_id), terms.currency, offered, position, at.now)
    });
    bulk::copy_offerings(&mut tx, rows.collect::<Vec<_>>()).await.expect("inserts");
    let (opens_minute, closes_minute) = terms.open_minutes;
    let hours = (1..=7).map(|weekday| WeeklyHoursRow {
        id: at.chance.uuid(at.now),
        celebrity_id: id.0,
        weekday,
        opens_minute,
        closes_minute,
    });
    bulk::copy_weekly_hours(&mut tx, hours.collect::<Vec<_>>()).await.expect("inserts");
    let representation = RepresentationRow {
        id: at.chance.uuid(at.now),
        celebrity_id: id.0,
        agent_id: agent.0,
        scopes: ["hold", "quote", "sign", "message"].map(Cow::Borrowed).to_vec(),
        granted_at: at.now,
        revoked_at: None,
    };
    accounts::bulk::copy_representations(&mut tx, [representation]).await.expect("inserts");
    catalog::commands::derive_all(&mut tx, at.now).await.expect("derives");
    tx.commit().await.expect("commits");
    id
}

fn profile(id: CelebrityId, terms: &ProfileTerms, person: Option<PersonId>, now: Instant) -> CelebrityRow {
    CelebrityRow {
        id: id.0,
        person_id: person.map(|person| person.0),
        agency_id: None,
        slug: Cow::Borrowed(terms.slug),
        stage_name: Cow::Borrowed(terms.stage_name),
        headline: Cow::Borrowed("Sings for those who listen"),
        bio: Cow::Borrowed("Thirty years on small stages."),
        languages: vec![Cow::Borrowed("en")],
        city: Cow::Borrowed("Lisbon"),
        country: Cow::Borrowed("PT"),
        time_zone: Cow::Borrowed(terms.zone),
        portrait_id: None,
        hue: 210,
        verified_at: Some(now),
        status: Cow::Borrowed("published"),
        currency: Cow::Borrowed(terms.currency.code()),
        created_at: now,
        updated_at: now,
    }
}

fn offering(
    (celebrity, id): (CelebrityId, OfferingId),
    currency: Currency,
    terms: &OfferingTerms,
    position: i16,
    now: Instant,
) -> OfferingRow {
    let takes_time = terms.kind.takes_time();
    OfferingRow {
        id: id.0,
        celebrity_id: celebrity.0,
        kind: Cow::Borrowed(terms.kind.as_str()),
        mode: Cow::Borrowed(terms.mode.as_str()),
        title: Cow::Borrowed(terms.title),
        description: Cow::Borrowed("As it says."),
        price_minor: terms.price_minor,
        currency: Cow::Borrowed(currency.code()),
        duration_minutes: takes_time.then_some(terms.duration_minutes),
        buffer_before_minutes: terms.buffer_minutes.0,
        buffer_after_minutes: terms.buffer_minutes.1,
        step_minutes: 30,
        lead_time_minutes: 60,
        horizon_days: 180,
        deliver_within_days: (terms.kind == OfferingKind::PersonalVideo).then_some(7),
        policy_key: Cow::Borrowed(terms.policy),
        is_active: true,
        position,
        created_at: now,
        updated_at: now,
    }
}

impl TestOffering {
    fn of(id: OfferingId, terms: &OfferingTerms) -> Self {
        let OfferingTerms { kind, mode, title, price_minor, .. } = *terms;
        Self { id, kind, mode, title, price_minor }
    }
}

impl TestSite {
    /// Whether the star's video call can begin at this moment.
    pub async fn is_free(&self, star: &TestStar, starts_at: Instant) -> bool {
        let mut connection = self.site.database.acquire().await.expect("a connection");
        overviews::availability::is_open(&mut connection, star.call.id, starts_at, self.now()).await.expect("reads")
    }
}
