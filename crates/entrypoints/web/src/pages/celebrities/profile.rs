//! `GET /celebrities/{slug}`: who it is, what they offer, and when they are free.

use axum::extract::State;
use axum::response::Response;
use catalog::{Celebrity, queries};
use entry::{Answer, Path, Query, Site};
use kernel::{Cursor, OfferingId, PageRequest};
use overviews::price;
use serde::{Deserialize, Serialize};
use site::links;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Page;
use crate::pages::free_times::{self, Turned};
use crate::views::catalog::{self as catalog_view, Fees};
use crate::views::{LinkView, MonthView, OfferingView, PosterView, ReviewView, samples};

#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    /// The whole address, for those who quote the page.
    pub address: String,
    pub poster: PosterView,
    pub headline: String,
    /// Paragraphs.
    pub bio: Vec<String>,
    pub categories: Vec<LinkView>,
    pub facts: Vec<Fact>,
    pub offerings: Vec<OfferingView>,
    /// Free times of the chosen offering; none when it takes no time on the calendar.
    pub month: Option<MonthView>,
    pub chosen_title: String,
    /// `4.9 from 128 reviews`.
    pub rating_line: Option<String>,
    pub reviews: Vec<ReviewView>,
    pub more_reviews: Option<String>,
}

/// One verified fact.
#[derive(Debug, Serialize)]
pub(crate) struct Fact {
    pub label: &'static str,
    pub value: String,
}

/// Reviews that one page shows.
const REVIEWS: u16 = 6;

/// Which offering, month and page of reviews a visitor turned to.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    offering: Option<OfferingId>,
    month: Option<String>,
    day: Option<String>,
    reviews: Option<String>,
}

/// `GET /celebrities/{slug}`
pub(crate) async fn show(
    State(site): State<Site>,
    frame: Frame,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let now = site.clock.now();
    let mut connection = site.database.acquire().await?;
    let celebrity = queries::celebrity(&mut connection, &slug).await?;
    let offerings = queries::offerings(&mut connection, celebrity.card.id).await?;
    let fees = Fees(price::schedules(&mut connection, now.date_naive()).await?);
    let request = PageRequest { limit: REVIEWS, cursor: asked.reviews.clone().map(Cursor::from_text) };
    let reviews = queries::reviews(&mut connection, celebrity.card.id, &request).await?;
    let with_time = || offerings.iter().filter(|offering| offering.kind.takes_time());
    let chosen = with_time().find(|offering| Some(offering.id) == asked.offering).or_else(|| with_time().next());
    let month = match (chosen, celebrity.time_zone.parse()) {
        (Some(offering), Ok(theirs)) => {
            let base = format!("{}?offering={}&", links::celebrity(&celebrity.card.slug), offering.id);
            let turned = Turned { month: asked.month, day: asked.day };
            Some(free_times::read(&mut connection, offering, theirs, frame.zone, &turned, &base, now).await?)
        }
        _ => None,
    };
    let current = chosen.or(offerings.first()).map(|offering| offering.id);
    let views = offerings.iter().filter_map(|offering| {
        let fee = fees.total(offering.price)?.service_fee;
        Some(catalog_view::offering(offering, fee, &celebrity.card.slug, current == Some(offering.id)))
    });
    let page = Profile {
        offerings: views.collect(),
        month,
        chosen_title: chosen.map(|offering| offering.title.clone()).unwrap_or_default(),
        more_reviews: reviews.next_cursor.map(|cursor| format!("?reviews={}#reviews", cursor.as_str())),
        reviews: reviews.items.into_iter().map(catalog_view::review).collect(),
        ..Profile::of(&celebrity, &site)
    };
    frame.answer(&page)
}

impl Profile {
    /// The profile without what changes by the day.
    fn of(celebrity: &Celebrity, site: &Site) -> Self {
        let card = &celebrity.card;
        let fact = |label, value: String| Fact { label, value };
        let languages: Vec<&str> = card.languages.iter().map(|code| format::language(code)).collect();
        let mut facts = vec![
            fact("Lives in", format!("{}, {}", card.city, format::country(&card.country))),
            fact("Speaks", languages.join(", ")),
            fact("Usually answers", format!("within {}", format::minutes(card.response_minutes))),
        ];
        if celebrity.bookings_count > 0 {
            facts.push(fact("Booked", format::counted(celebrity.bookings_count.into(), "time", "times")));
        }
        facts.extend(celebrity.agency.clone().map(|agency| fact("Represented by", agency)));
        let count = i64::from(card.rating.count);
        Self {
            address: site.settings.url(&links::celebrity(&card.slug)),
            poster: catalog_view::poster(card, None, None),
            headline: card.headline.clone(),
            bio: celebrity.bio.split("\n\n").filter(|part| !part.trim().is_empty()).map(str::to_owned).collect(),
            categories: card.categories.iter().map(|one| LinkView::to(&one.name, links::category(&one.slug))).collect(),
            facts,
            offerings: Vec::new(),
            month: None,
            chosen_title: String::new(),
            rating_line: (count > 0).then(|| {
                format!(
                    "{} from {}",
                    format::rating(card.rating.hundredths),
                    format::counted(count, "review", "reviews")
                )
            }),
            reviews: Vec::new(),
            more_reviews: None,
        }
    }
}

impl Profile {
    fn sample() -> Self {
        let review = |author: &str, rating, body: &str| ReviewView {
            author: author.to_owned(),
            rating,
            body: body.to_owned(),
            line: "Appearance · November 2026".to_owned(),
        };
        let fact = |label, value: &str| Fact { label, value: value.to_owned() };
        Self {
            address: "https://stage.test/celebrities/sample".to_owned(),
            poster: samples::posters(3).remove(2),
            headline: "Songs for rooms that are still being painted.".to_owned(),
            bio: vec![
                "Juno writes small songs for large feelings. Two albums, one of them recorded in a lighthouse."
                    .to_owned(),
                "She answers herself, usually before lunch, and brings her own guitar.".to_owned(),
            ],
            categories: vec![
                samples::link("Musicians", "/categories/musicians"),
                samples::link("Speakers", "/categories/speakers"),
            ],
            facts: vec![
                fact("Lives in", "Lisbon, Portugal"),
                fact("Speaks", "English, Portuguese"),
                fact("Usually answers", "within 3 hours"),
                fact("Booked", "212 times"),
                fact("Represented by", "Harbour Light"),
            ],
            offerings: (0..3).map(samples::offering).collect(),
            month: Some(samples::month(true)),
            chosen_title: "Two songs at your launch".to_owned(),
            rating_line: Some("4.9 from 128 reviews".to_owned()),
            reviews: vec![
                review("Lena R.", 5, "The room went quiet in the first line and stayed there."),
                review("Tomás", 4, "Late by ten minutes, and then worth every one of them."),
            ],
            more_reviews: Some("?reviews=abc#reviews".to_owned()),
        }
    }
}

impl Page for Profile {
    const TEMPLATE: &'static str = "pages/celebrities/profile.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let nothing_free = MonthView {
            days: samples::month(false)
                .days
                .into_iter()
                .map(|day| crate::views::DayView { href: None, ..day })
                .collect(),
            nearest: Some(samples::link("First free day: Tue 5 January", "?month=2027-01")),
            ..samples::month(false)
        };
        let new = Self {
            reviews: Vec::new(),
            rating_line: None,
            more_reviews: None,
            month: Some(nothing_free),
            ..Self::sample()
        };
        let retired = Self { offerings: Vec::new(), month: None, ..Self::sample() };
        vec![("full", Self::sample()), ("nothing-free", new), ("no-offerings", retired)]
    }
}
