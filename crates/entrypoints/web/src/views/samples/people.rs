//! Invented celebrities and what they offer.

use std::sync::LazyLock;

use catalog::{CategoryLink, Celebrity, CelebrityCard, Offering, Rating, Review};
use kernel::{
    BookingMode, CancellationPolicy, CelebrityId, Currency, FeeSchedule, Money, OfferingId, OfferingKind, RefundTier,
    ReviewId,
};
use overviews::price::PriceTotal;
use uuid::Uuid;

use super::now;
use crate::views::money::Fees;
use crate::views::poster::{self, PosterView};

/// Name, category, city, hue, rating in hundredths, least price in cents.
const PEOPLE: [(&str, &str, &str, i16, i32, i64); 6] = [
    ("Mara Voss", "Actors", "Berlin", 24, 490, 48_000),
    ("Idris Kale", "Comedians", "London", 63, 480, 22_000),
    ("Juno Park", "Singer-songwriters", "Lisbon", 145, 500, 110_000),
    ("Teo Marin", "Chefs", "Barcelona", 208, 470, 35_000),
    ("Ada Lindqvist-Oyelaran", "Astronauts & speakers", "Stockholm", 258, 490, 200_000),
    ("Wren Abara", "Magicians", "Montréal", 308, 460, 18_000),
];

/// Kind, title, description, price in cents, minutes, days to deliver, and how it comes about.
type SampleOffering = (OfferingKind, &'static str, &'static str, i64, Option<i32>, Option<i32>, BookingMode);

const OFFERINGS: [SampleOffering; 3] = [
    (
        OfferingKind::Appearance,
        "Two songs at your launch",
        "An acoustic set of two songs and a short hello. Bring a chair and a quiet corner.",
        110_000,
        Some(40),
        None,
        BookingMode::Instant,
    ),
    (
        OfferingKind::VideoCall,
        "A call for your team",
        "Questions, answers and one song, for up to 40 people.",
        48_000,
        Some(30),
        None,
        BookingMode::Request,
    ),
    (
        OfferingKind::PersonalVideo,
        "A birthday song",
        "Your name in the chorus. Recorded for you alone.",
        15_000,
        None,
        Some(7),
        BookingMode::Instant,
    ),
];

/// The fees of a day.
pub(crate) static FEES: LazyLock<Fees> = LazyLock::new(|| Fees(vec![(Currency::Usd, schedule())]));

/// The same, as they are read.
pub(crate) fn fees() -> Vec<(Currency, FeeSchedule)> {
    vec![(Currency::Usd, schedule())]
}

fn schedule() -> FeeSchedule {
    FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 }
}

/// Posters of `count` invented celebrities.
pub(crate) fn posters(count: usize) -> Vec<PosterView> {
    let poster = |index: usize| {
        let card = card(index);
        let total = card.from_price.and_then(|price| FEES.total(price)).map(|price| price.total);
        let note = (index % PEOPLE.len() == 2).then(|| "Free Sat 12 December".to_owned());
        PosterView { portrait: portrait(index), ..poster::poster(&card, total, note) }
    };
    (0..count).map(poster).collect()
}

/// A portrait that only the gallery serves.
pub(crate) fn portrait(index: usize) -> String {
    format!("/gallery/portraits/{}.svg", index % PEOPLE.len() + 1)
}

/// The third of them in full, a songwriter in Lisbon.
pub(crate) fn celebrity() -> Celebrity {
    Celebrity {
        card: card(2),
        person_id: None,
        bio: "Juno writes small songs for large feelings. Two albums, one of them recorded in a lighthouse.\n\n\
            She answers herself, usually before lunch, and brings her own guitar."
            .to_owned(),
        agency: Some("Harbour Light".to_owned()),
        time_zone: "Europe/Lisbon".to_owned(),
        verified_at: Some(now()),
        bookings_count: 212,
        updated_at: now(),
    }
}

fn card(index: usize) -> CelebrityCard {
    let index = index % PEOPLE.len();
    let (name, category, city, hue, hundredths, minor) = PEOPLE[index];
    let slug = |text: &str| text.to_lowercase().replace(' ', "-");
    let is_songwriter = index == 2;
    let mut categories = vec![CategoryLink { slug: slug(category), name: category.to_owned() }];
    if is_songwriter {
        categories.push(CategoryLink { slug: "speakers".to_owned(), name: "Speakers".to_owned() });
    }
    CelebrityCard {
        id: CelebrityId(Uuid::from_u128(index as u128 + 1)),
        slug: slug(name),
        stage_name: name.to_owned(),
        headline: "Songs for rooms that are still being painted.".to_owned(),
        categories,
        city: city.to_owned(),
        country: "PT".to_owned(),
        languages: vec!["en".to_owned(), "pt".to_owned()],
        is_verified: index.is_multiple_of(2),
        hue,
        portrait_id: None,
        rating: Rating { hundredths, count: if index == 5 { 0 } else { 128 } },
        from_price: (index != 4).then(|| Money::new(minor, Currency::Usd)),
        answer_minutes: Some(180),
    }
}

/// What the songwriter offers.
pub(crate) fn offering(index: usize) -> Offering {
    let index = index % OFFERINGS.len();
    let (kind, title, description, minor, duration_minutes, deliver_within_days, mode) = OFFERINGS[index];
    Offering {
        id: OfferingId(Uuid::from_u128(index as u128 + 1)),
        celebrity_id: card(2).id,
        kind,
        mode,
        title: title.to_owned(),
        description: description.to_owned(),
        price: Money::new(minor, Currency::Usd),
        duration_minutes,
        buffer_before_minutes: 0,
        buffer_after_minutes: 0,
        step_minutes: 15,
        lead_time_minutes: 2_880,
        horizon_days: 180,
        deliver_within_days,
        policy: CancellationPolicy {
            key: "moderate".to_owned(),
            name: "Moderate".to_owned(),
            tiers: vec![
                RefundTier { hours_before: 336, refund_percent: 100 },
                RefundTier { hours_before: 120, refund_percent: 50 },
            ],
            grace_hours: 0,
        },
        is_active: true,
    }
}

/// What an offering costs with its fee.
pub(crate) fn price(offering: &Offering) -> PriceTotal {
    PriceTotal::of(offering.price, &schedule())
}

/// What customers said of the songwriter.
pub(crate) fn reviews() -> Vec<Review> {
    let review = |author: &str, rating, body: &str| Review {
        id: ReviewId(Uuid::from_u128(1)),
        author_name: author.to_owned(),
        rating,
        body: body.to_owned(),
        offering_kind: OfferingKind::Appearance,
        created_at: now(),
    };
    vec![
        review("Lena R.", 5, "The room went quiet in the first line and stayed there."),
        review("Tomás", 4, "Late by ten minutes, and then worth every one of them."),
    ]
}
