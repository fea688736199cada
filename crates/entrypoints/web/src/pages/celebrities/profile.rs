//! `GET /celebrities/{slug}`: who it is, what they offer, and when they are free.

use axum::extract::State;
use axum::response::Response;
use catalog::{Celebrity, Offering, Review, queries};
use entry::{Answer, Path, Query, Site};
use kernel::{Cursor, OfferingId, PageRequest};
use overviews::price;
use serde::{Deserialize, Serialize};
use site::links;

use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::pages::free_times::{self, MonthParams};
use crate::views::{
    Fees, LinkView, MonthView, OfferingCard, PosterView, ReviewView, offering, poster, review, samples,
};

#[derive(Debug, Serialize)]
pub(crate) struct Profile {
    /// The whole address, for those who quote the page.
    pub address: String,
    pub poster: PosterView,
    pub headline: String,
    /// Paragraphs.
    pub bio: Vec<String>,
    pub categories: Vec<LinkView>,
    pub facts: Vec<ProfileFact>,
    pub offerings: Vec<OfferingCard>,
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
pub(crate) struct ProfileFact {
    pub label: &'static str,
    pub value: String,
}

/// Reviews that one page shows.
const REVIEWS: u16 = 6;

/// Which offering, month and page of reviews a visitor turned to.
#[derive(Debug, Deserialize)]
pub(crate) struct ProfileParams {
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
    Query(asked): Query<ProfileParams>,
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
            let turned = MonthParams { month: asked.month, day: asked.day };
            Some(free_times::read(&mut connection, offering, theirs, frame.zone, &turned, &base, now).await?)
        }
        _ => None,
    };
    let known = ProfileParts {
        celebrity: &celebrity,
        offerings: &offerings,
        chosen,
        fees: &fees,
        month,
        reviews: reviews.items,
        more_reviews: reviews.next_cursor,
    };
    frame.answer(&Profile::of(known, site.settings.url(&links::celebrity(&celebrity.card.slug))))
}

/// What is known of a celebrity, to be shown.
struct ProfileParts<'profile> {
    celebrity: &'profile Celebrity,
    offerings: &'profile [Offering],
    /// The offering whose free times are shown.
    chosen: Option<&'profile Offering>,
    fees: &'profile Fees,
    month: Option<MonthView>,
    reviews: Vec<Review>,
    more_reviews: Option<Cursor>,
}

impl Profile {
    fn of(known: ProfileParts<'_>, address: String) -> Self {
        let (celebrity, card) = (known.celebrity, &known.celebrity.card);
        let current = known.chosen.or(known.offerings.first()).map(|offering| offering.id);
        let offerings = known.offerings.iter().filter_map(|one| {
            let fee = known.fees.total(one.price)?.service_fee;
            Some(offering::offering(one, fee, &card.slug, current == Some(one.id)))
        });
        let count = i64::from(card.rating.count);
        Self {
            address,
            poster: poster::poster(card, None, None),
            headline: card.headline.clone(),
            bio: celebrity.bio.split("\n\n").filter(|part| !part.trim().is_empty()).map(str::to_owned).collect(),
            categories: card.categories.iter().map(|one| LinkView::to(&one.name, links::category(&one.slug))).collect(),
            facts: facts(celebrity),
            offerings: offerings.collect(),
            month: known.month,
            chosen_title: known.chosen.map(|offering| offering.title.clone()).unwrap_or_default(),
            rating_line: (count > 0).then(|| {
                format!(
                    "{} from {}",
                    format::rating(card.rating.hundredths),
                    format::counted(count, "review", "reviews")
                )
            }),
            reviews: known.reviews.into_iter().map(review::review).collect(),
            more_reviews: known.more_reviews.map(|cursor| format!("?reviews={}#reviews", cursor.as_str())),
        }
    }
}

fn facts(celebrity: &Celebrity) -> Vec<ProfileFact> {
    let card = &celebrity.card;
    let fact = |label, value: String| ProfileFact { label, value };
    let languages: Vec<&str> = card.languages.iter().map(|code| format::language(code)).collect();
    let mut facts = vec![
        fact("Lives in", format!("{}, {}", card.city, format::country(&card.country))),
        fact("Speaks", languages.join(", ")),
    ];
    let usual = card.answer_minutes.map(|usual| format::minutes(usual.max(1)));
    facts.extend(usual.map(|usual| fact("Usually answers", format!("within {usual}"))));
    if celebrity.bookings_count > 0 {
        facts.push(fact("Booked", format::counted(celebrity.bookings_count.into(), "time", "times")));
    }
    facts.extend(celebrity.agency.clone().map(|agency| fact("Represented by", agency)));
    facts
}

impl Template for Profile {
    const TEMPLATE: &'static str = "pages/celebrities/profile.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let (celebrity, free) = (samples::celebrity(), samples::free_times());
        let unrated = {
            let mut newcomer = samples::celebrity();
            newcomer.card.rating.count = 0;
            newcomer
        };
        let offerings: Vec<Offering> = (0..3).map(samples::offering).collect();
        let page = |celebrity, offerings: &[Offering], month, reviews, more: Option<&str>| {
            let known = ProfileParts {
                celebrity,
                offerings,
                chosen: offerings.first(),
                fees: &samples::FEES,
                month,
                reviews,
                more_reviews: more.map(|cursor| Cursor::from_text(cursor.to_owned())),
            };
            let page = Self::of(known, "https://stage.test/celebrities/sample".to_owned());
            Self { poster: PosterView { portrait: samples::portrait(2), ..page.poster }, ..page }
        };
        let month = |free| Some(samples::month(true, free));
        let plain = page(&celebrity, &offerings, month(&free), Vec::new(), None);
        let plain = Self { poster: PosterView { portrait: String::new(), ..plain.poster }, ..plain };
        vec![
            ("full", page(&celebrity, &offerings, month(&free), samples::reviews(), Some("abc"))),
            ("nothing-free", page(&unrated, &offerings, month(&[]), Vec::new(), None)),
            ("without-portrait", plain),
            ("no-offerings", page(&celebrity, &[], None, samples::reviews(), Some("abc"))),
        ]
    }
}
