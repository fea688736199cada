//! `GET /discover`: search results with facets, and the same list for one category.

use axum::extract::State;
use axum::response::Response;
use catalog::queries;
use catalog::search::{self, Search};
use entry::{Answer, Path, Problem, Query, Site};
use kernel::{Currency, Cursor, PageRequest};
use overviews::price;
use serde::Serialize;

use super::asked::{Asked, SORTS};
use crate::catalog_views::{self, Fees};
use crate::form::Form;
use crate::frame::Frame;
use crate::render::Page;
use crate::views::{LinkView, OptionView, PosterView, samples};
use crate::{format, links};

#[derive(Debug, Serialize)]
pub(crate) struct Results {
    /// `Comedians free Sat 12 December`.
    pub heading: String,
    /// A category's own line; none on the plain results.
    pub tagline: Option<String>,
    /// `31 people`.
    pub summary: String,
    pub action: String,
    pub form: Form,
    pub today: String,
    pub categories: Vec<OptionView>,
    pub languages: Vec<OptionView>,
    pub currencies: Vec<OptionView>,
    pub ratings: Vec<OptionView>,
    pub sorts: Vec<OptionView>,
    /// Filters in force; each link drops one.
    pub active: Vec<LinkView>,
    pub items: Vec<PosterView>,
    pub next: Option<String>,
    /// Whether this is not the first page; the link starts again.
    pub first: Option<String>,
    /// Searches worth trying when nothing was found.
    pub suggestions: Vec<LinkView>,
}

/// People that one page shows: whole rows of two, three and four.
const PAGE: u16 = 24;

/// `GET /discover`
pub(crate) async fn search(State(site): State<Site>, frame: Frame, Query(asked): Query<Asked>) -> Answer<Response> {
    frame.answer(&Results::find(&site, asked, None).await?)
}

/// `GET /categories/{slug}`
pub(crate) async fn category(
    State(site): State<Site>,
    frame: Frame,
    Path(slug): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer<Response> {
    let asked = Asked { category: slug.clone(), ..asked };
    frame.answer(&Results::find(&site, asked, Some(&slug)).await?)
}

impl Results {
    /// The results for what is asked; with `own`, as the page of that category.
    async fn find(site: &Site, asked: Asked, own: Option<&str>) -> Answer<Self> {
        let now = site.clock.now();
        let mut connection = site.database.acquire().await?;
        let (search, form) = asked.read(now.date_naive());
        let categories = queries::categories(&mut connection).await?;
        let category = categories.iter().find(|one| Some(&one.slug) == search.category.as_ref());
        if own.is_some() && category.is_none() {
            return Err(Problem::not_found());
        }
        let cursor = Some(asked.cursor.clone()).filter(|cursor| !cursor.is_empty()).map(Cursor::from_text);
        let is_first = cursor.is_none();
        let found = search::search(&mut connection, &search, &PageRequest { limit: PAGE, cursor }).await?;
        let facets = search::facets(&mut connection, &search).await?;
        let languages = search::facets(&mut connection, &Search { language: None, ..search.clone() }).await?.languages;
        let fees = Fees(price::schedules(&mut connection, now.date_naive()).await?);
        let filters = asked.filters(&search, category.filter(|_| own.is_none()).map(|one| one.name.as_str()));
        let note = search.available_on.map(|day| format!("Free {}", format::day(day)));
        let option = |value: &str, label: String, is_chosen| OptionView { value: value.to_owned(), label, is_chosen };
        let heading = match (own.and(category), filters.is_empty()) {
            (Some(category), _) => category.name.clone(),
            (None, true) => "Everybody".to_owned(),
            (None, false) => {
                capitalised(&filters.iter().map(|(_, label)| label.as_str()).collect::<Vec<_>>().join(", "))
            }
        };
        let action = links::DISCOVER;
        let currency = search.currency.unwrap_or(Currency::Usd);
        Ok(Self {
            heading,
            tagline: own.and(category).map(|category| category.tagline.clone()).filter(|tagline| !tagline.is_empty()),
            summary: if facets.total == 0 {
                "Nobody fits all of this".to_owned()
            } else {
                format::counted(facets.total, "person", "people")
            },
            action: action.to_owned(),
            form,
            today: now.date_naive().to_string(),
            categories: categories
                .iter()
                .map(|one| option(&one.slug, one.name.clone(), category == Some(one)))
                .collect(),
            languages: languages
                .iter()
                .map(|one| {
                    option(
                        &one.value,
                        format!("{} ({})", format::language(&one.value), one.count),
                        search.language.as_ref() == Some(&one.value),
                    )
                })
                .collect(),
            currencies: Currency::ALL
                .iter()
                .map(|one| option(one.code(), one.code().to_owned(), *one == currency))
                .collect(),
            ratings: [450, 400, 350]
                .map(|least| {
                    option(
                        &format::rating(least),
                        format!("{} or better", format::rating(least)),
                        search.rating_min_hundredths == Some(least),
                    )
                })
                .into(),
            sorts: SORTS
                .iter()
                .map(|(name, label, sort)| option(name, (*label).to_owned(), *sort == search.sort))
                .collect(),
            active: filters
                .iter()
                .map(|(field, label)| LinkView::to(capitalised(label), asked.with(action, field, "")))
                .collect(),
            suggestions: filters
                .iter()
                .map(|(field, label)| LinkView::to(format!("Not only {label}"), asked.with(action, field, "")))
                .collect(),
            next: found.next_cursor.as_ref().map(|cursor| asked.with(action, "cursor", cursor.as_str())),
            first: (!is_first).then(|| asked.with(action, "cursor", "")),
            items: found
                .items
                .iter()
                .map(|card| {
                    catalog_views::poster(
                        card,
                        card.from_price.and_then(|price| fees.total(price)).map(|price| price.total),
                        note.clone(),
                    )
                })
                .collect(),
        })
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Results {
    fn sample(items: usize) -> Self {
        let filters = ["Comedian", "Sat 12 December", "up to $1,200"];
        Self {
            heading: "“comedian”, free Sat 12 December".to_owned(),
            tagline: None,
            summary: if items == 0 { "Nobody fits all of this".to_owned() } else { "31 people".to_owned() },
            action: "/discover".to_owned(),
            form: Form::with([
                ("q", "comedian".to_owned()),
                ("available_on", "2026-12-12".to_owned()),
                ("max_price", "1200".to_owned()),
            ]),
            today: "2026-12-02".to_owned(),
            categories: samples::options(&["Actors", "Comedians", "Musicians"], "Comedians"),
            languages: samples::options(&["English", "Português", "Deutsch"], ""),
            currencies: samples::options(&["USD", "EUR"], "USD"),
            ratings: samples::options(&["4.5", "4.0"], ""),
            sorts: samples::options(&["Best match", "Top rated", "Price, low to high"], "Best match"),
            active: filters.into_iter().map(|one| samples::link(one, "/discover")).collect(),
            items: samples::posters(items),
            next: (items > 6).then(|| "/discover?cursor=abc".to_owned()),
            first: None,
            suggestions: ["Any day", "Any budget", "All comedians"]
                .into_iter()
                .map(|one| samples::link(one, "/discover"))
                .collect(),
        }
    }
}

impl Page for Results {
    const TEMPLATE: &'static str = "pages/discover/results.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let category = Self {
            heading: "Comedians".to_owned(),
            tagline: Some("Stand-up, roast or a kind word with a twist.".to_owned()),
            active: Vec::new(),
            action: "/categories/comedians".to_owned(),
            ..Self::sample(5)
        };
        let unclear =
            Self { form: Form::default().fault("available_on", "Choose a day from today on."), ..Self::sample(3) };
        vec![("full", Self::sample(12)), ("empty", Self::sample(0)), ("category", category), ("unclear", unclear)]
    }
}
