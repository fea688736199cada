//! `GET /discover`: search results with facets, and the same list for one category.

use axum::extract::State;
use axum::response::Response;
use catalog::CelebrityCard;
use catalog::search::{FacetCount, FacetScope, Facets, PRICE_CURRENCY, Search, search_counted};
use entry::{Answer, Path, Problem, Query, Site};
use kernel::{Currency, Cursor, Money, PageRequest};
use overviews::discovery::{self, CategoryName, Discovery};
use serde::Serialize;
use site::links;

use super::asked::{Asked, SORTS};
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Page;
use crate::views::catalog::{self as catalog_view, Fees};
use crate::views::{LinkView, OptionView, PosterView, samples};

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
    pub choices: Choices,
    /// Filters in force; each link drops one.
    pub active: Vec<LinkView>,
    pub items: Vec<PosterView>,
    pub next: Option<String>,
    /// Whether this is not the first page; the link starts again.
    pub first: Option<String>,
    /// Searches worth trying when nothing was found.
    pub suggestions: Vec<LinkView>,
}

/// What can be chosen in the form, with how many people each choice would leave.
#[derive(Debug, Serialize)]
pub(crate) struct Choices {
    pub categories: Vec<OptionView>,
    pub languages: Vec<OptionView>,
    pub currencies: Vec<OptionView>,
    pub ratings: Vec<OptionView>,
    pub sorts: Vec<OptionView>,
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
        let today = site.clock.now().date_naive();
        let mut connection = site.database.acquire().await?;
        let (said, form) = asked.read(today);
        let Discovery { categories, fees } = discovery::read(&mut connection, today).await?;
        let fees = Fees(fees);
        let category = categories.iter().find(|one| Some(&one.slug) == said.category.as_ref());
        if own.is_some() && category.is_none() {
            return Err(Problem::not_found());
        }
        let search = with_fees(&said, &fees);
        let cursor = Some(asked.cursor.clone()).filter(|cursor| !cursor.is_empty()).map(Cursor::from_text);
        let is_first = cursor.is_none();
        let request = PageRequest { limit: PAGE, cursor };
        let (found, facets) = search_counted(&mut connection, &search, &request, FacetScope::OtherChoices).await?;
        drop(connection);
        let filters = asked.filters(&said, category.filter(|_| own.is_none()).map(|one| one.name.as_str()));
        let own = own.and(category);
        let page = Self {
            heading: heading(own, &filters),
            tagline: own.map(|category| category.tagline.clone()).filter(|tagline| !tagline.is_empty()),
            summary: summary(facets.total),
            action: links::DISCOVER.to_owned(),
            form,
            today: today.to_string(),
            choices: Choices::of(&search, facets, &categories),
            active: Vec::new(),
            items: found.items.iter().map(|card| poster(card, &fees, &search)).collect(),
            next: found.next_cursor.as_ref().map(|cursor| asked.with(links::DISCOVER, "cursor", cursor.as_str())),
            first: (!is_first).then(|| asked.with(links::DISCOVER, "cursor", "")),
            suggestions: Vec::new(),
        };
        Ok(page.with_ways_out(&asked, &filters))
    }

    /// Links that drop a filter each: in force they say what it is, and beside nothing found what giving it up means.
    fn with_ways_out(self, asked: &Asked, filters: &[(&'static str, String)]) -> Self {
        let without = |field: &str, label: String| LinkView::to(label, asked.with(links::DISCOVER, field, ""));
        Self {
            active: filters.iter().map(|(field, label)| without(field, capitalised(label))).collect(),
            suggestions: filters.iter().map(|(field, label)| without(field, format!("Not only {label}"))).collect(),
            ..self
        }
    }
}

/// The category's name on its own page, else what was asked for; what follows from the order alone is no wish.
fn heading(own: Option<&CategoryName>, filters: &[(&'static str, String)]) -> String {
    let wishes: Vec<_> = filters.iter().filter(|(field, _)| *field != "sort").map(|(_, wish)| wish.as_str()).collect();
    match own {
        Some(category) => category.name.clone(),
        None if wishes.is_empty() => "Everybody".to_owned(),
        None => capitalised(&wishes.join(", ")),
    }
}

fn summary(total: i64) -> String {
    if total == 0 { "Nobody found".to_owned() } else { format::counted(total, "person", "people") }
}

/// The same search with its budget, which people name with fees, as a limit on prices, which are kept without.
fn with_fees(said: &Search, fees: &Fees) -> Search {
    let budget = said.price_max_minor.zip(said.currency).map(|(minor, currency)| Money::new(minor, currency));
    Search { price_max_minor: budget.map(|budget| fees.price_within(budget)), ..said.clone() }
}

fn poster(card: &CelebrityCard, fees: &Fees, search: &Search) -> PosterView {
    let total = card.from_price.and_then(|price| fees.total(price)).map(|price| price.total);
    let note = search.available_on.map(|day| format!("Free {}", format::day(day)));
    let line = catalog_view::line(card, search.category.as_deref());
    PosterView { line, ..catalog_view::poster(card, total, note) }
}

impl Choices {
    /// `facets` count categories and languages without the filter on them.
    fn of(search: &Search, facets: Facets, categories: &[CategoryName]) -> Self {
        let (by_category, mut by_language) = (facets.categories, facets.languages);
        // What was chosen stays chosen, even when nobody is left who speaks it.
        if let Some(code) = search.language.as_ref().filter(|code| by_language.iter().all(|one| one.value != **code)) {
            by_language.push(FacetCount { value: code.clone(), count: 0 });
        }
        let option = |value: &str, label: String, is_chosen| OptionView { value: value.to_owned(), label, is_chosen };
        let count_of = |slug: &str| by_category.iter().find(|one| one.value == slug).map_or(0, |one| one.count);
        let currency = search.currency.unwrap_or(PRICE_CURRENCY);
        Self {
            categories: categories
                .iter()
                .map(|one| {
                    let label = format!("{} ({})", one.name, count_of(&one.slug));
                    option(&one.slug, label, search.category.as_ref() == Some(&one.slug))
                })
                .collect(),
            languages: by_language
                .iter()
                .map(|one| {
                    let label = format!("{} ({})", format::language(&one.value), one.count);
                    option(&one.value, label, search.language.as_ref() == Some(&one.value))
                })
                .collect(),
            currencies: Currency::ALL
                .iter()
                .map(|one| option(one.code(), one.code().to_owned(), *one == currency))
                .collect(),
            ratings: [450, 400, 350]
                .map(|least| {
                    let rating = format::rating(least);
                    option(&rating, format!("{rating} or better"), search.rating_min_hundredths == Some(least))
                })
                .into(),
            sorts: SORTS
                .iter()
                .map(|(name, label, sort)| option(name, (*label).to_owned(), *sort == search.sort))
                .collect(),
        }
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
            summary: if items == 0 { "Nobody found".to_owned() } else { "31 people".to_owned() },
            action: "/discover".to_owned(),
            form: Form::with([
                ("q", "comedian".to_owned()),
                ("available_on", "2026-12-12".to_owned()),
                ("max_price", "1200".to_owned()),
            ]),
            today: "2026-12-02".to_owned(),
            choices: Choices {
                categories: samples::options(&["Actors (21)", "Comedians (27)", "Musicians (24)"], "Comedians (27)"),
                languages: samples::options(&["English (30)", "Portuguese (4)", "German (2)"], ""),
                currencies: samples::options(&["USD", "EUR"], "USD"),
                ratings: samples::options(&["4.5 or better", "4.0 or better"], ""),
                sorts: samples::options(&["Best match", "Top rated", "Price, low to high"], "Best match"),
            },
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
