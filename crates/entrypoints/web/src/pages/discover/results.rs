//! `GET /discover`: search results with facets, and the same list for one category.

use axum::extract::State;
use axum::response::Response;
use catalog::CelebrityCard;
use catalog::search::{FacetCount, FacetScope, Facets, PRICE_CURRENCY, Search, search_counted};
use chrono::NaiveDate;
use entry::{Answer, Path, Problem, Query, Site};
use kernel::{Currency, Cursor, Money, PageRequest};
use overviews::discovery::{self, CategoryName, Discovery};
use serde::Serialize;
use site::links;

use super::search_params::{SORTS, SearchParams};
use crate::kit::form::Form;
use crate::kit::format;
use crate::kit::frame::Frame;
use crate::kit::render::Template;
use crate::views::poster::{line, poster};
use crate::views::{Fees, LinkView, OptionView, PosterView, samples};

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
    /// The active filters; each link removes one.
    pub active: Vec<LinkView>,
    pub items: Vec<PosterView>,
    pub next: Option<String>,
    /// The link to the first page, unless this is it.
    pub first: Option<String>,
    /// Links to wider searches if nothing was found.
    pub suggestions: Vec<LinkView>,
}

/// The options of the form, each with the number of results it would give.
#[derive(Debug, Serialize)]
pub(crate) struct Choices {
    pub categories: Vec<OptionView>,
    pub languages: Vec<OptionView>,
    pub currencies: Vec<OptionView>,
    pub ratings: Vec<OptionView>,
    pub sorts: Vec<OptionView>,
}

/// Results on one page: full rows of two, three and four.
const PAGE: u16 = 24;

/// `GET /discover`
pub(crate) async fn search(
    State(site): State<Site>,
    frame: Frame,
    Query(asked): Query<SearchParams>,
) -> Answer<Response> {
    frame.answer(&Results::find(&site, asked, None).await?)
}

/// `GET /categories/{slug}`
pub(crate) async fn category(
    State(site): State<Site>,
    frame: Frame,
    Path(slug): Path<String>,
    Query(asked): Query<SearchParams>,
) -> Answer<Response> {
    let asked = SearchParams { category: slug.clone(), ..asked };
    frame.answer(&Results::find(&site, asked, Some(&slug)).await?)
}

/// The parsed search with what is needed to show it.
struct Question<'directory> {
    asked: SearchParams,
    form: Form,
    said: Search,
    /// The same, with the budget (including fees) converted to a limit on prices (without fees).
    search: Search,
    category: Option<&'directory CategoryName>,
    /// Whether this is the category's own page.
    is_own: bool,
    categories: &'directory [CategoryName],
    fees: Fees,
    today: NaiveDate,
}

impl<'directory> Question<'directory> {
    fn of(asked: SearchParams, discovery: &'directory Discovery, is_own: bool, today: NaiveDate) -> Self {
        let (said, form) = asked.read(today);
        let fees = Fees(discovery.fees.clone());
        let search = with_fees(&said, &fees);
        let categories = &discovery.categories;
        let category = categories.iter().find(|one| Some(&one.slug) == said.category.as_ref());
        Self { asked, form, said, search, category, is_own, categories, fees, today }
    }

    /// The cursor of the previous page.
    fn cursor(&self) -> Option<Cursor> {
        Some(self.asked.cursor.clone()).filter(|cursor| !cursor.is_empty()).map(Cursor::from_text)
    }
}

impl Results {
    /// Runs the search; with `own`, for the page of that category.
    async fn find(site: &Site, asked: SearchParams, own: Option<&str>) -> Answer<Self> {
        let today = site.clock.now().date_naive();
        let mut connection = site.database.acquire().await?;
        let discovery = discovery::read(&mut connection, today).await?;
        let question = Question::of(asked, &discovery, own.is_some(), today);
        if own.is_some() && question.category.is_none() {
            return Err(Problem::not_found());
        }
        let request = PageRequest { limit: PAGE, cursor: question.cursor() };
        let (found, facets) =
            search_counted(&mut connection, &question.search, &request, FacetScope::OtherChoices).await?;
        drop(connection);
        Ok(Self::of(&question, &found, facets))
    }

    fn of(question: &Question<'_>, found: &kernel::Page<CelebrityCard>, facets: Facets) -> Self {
        let Question { asked, said, search, category, is_own, .. } = question;
        let filters = asked.filters(said, category.filter(|_| !is_own).map(|one| one.name.as_str()));
        let own = category.filter(|_| *is_own);
        let turn = |cursor: &str| asked.with(links::DISCOVER, "cursor", cursor);
        let page = Self {
            heading: heading(own, &filters),
            tagline: own.map(|category| category.tagline.clone()).filter(|tagline| !tagline.is_empty()),
            summary: summary(facets.total),
            action: links::DISCOVER.to_owned(),
            form: question.form.clone(),
            today: question.today.to_string(),
            choices: Choices::of(search, facets, question.categories),
            active: Vec::new(),
            items: found.items.iter().map(|card| listed(card, &question.fees, search)).collect(),
            next: found.next_cursor.as_ref().map(|cursor| turn(cursor.as_str())),
            first: question.cursor().map(|_| turn("")),
            suggestions: Vec::new(),
        };
        page.with_ways_out(asked, &filters)
    }

    /// Adds a link for removing each filter: to the active filters, and to the suggestions if nothing was found.
    fn with_ways_out(self, asked: &SearchParams, filters: &[(&'static str, String)]) -> Self {
        let without = |field: &str, label: String| LinkView::to(label, asked.with(links::DISCOVER, field, ""));
        Self {
            active: filters.iter().map(|(field, label)| without(field, capitalised(label))).collect(),
            suggestions: filters.iter().map(|(field, label)| without(field, format!("Not only {label}"))).collect(),
            ..self
        }
    }
}

/// The category's name on its own page, else the filters in words; the order is not named.
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

/// The same search with the budget converted: people give it with fees, prices are stored without.
fn with_fees(said: &Search, fees: &Fees) -> Search {
    let budget = said.price_max_minor.zip(said.currency).map(|(minor, currency)| Money::new(minor, currency));
    Search { price_max_minor: budget.map(|budget| fees.price_within(budget)), ..said.clone() }
}

/// A poster in the list, with the note that the day filter adds.
fn listed(card: &CelebrityCard, fees: &Fees, search: &Search) -> PosterView {
    let total = card.from_price.and_then(|price| fees.total(price)).map(|price| price.total);
    let note = search.available_on.map(|day| format!("Free {}", format::day(day)));
    PosterView { line: line(card, search.category.as_deref()), ..poster(card, total, note) }
}

impl Choices {
    /// `facets` count categories and languages without the filter on them.
    fn of(search: &Search, facets: Facets, categories: &[CategoryName]) -> Self {
        let (by_category, mut by_language) = (facets.categories, facets.languages);
        // The chosen language stays in the list, even when its count is zero.
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
    fn sample(asked: SearchParams, is_own: bool, found: usize, total: i64) -> Self {
        let count = |value: &str, count| FacetCount { value: value.to_owned(), count };
        let facets = Facets {
            total,
            categories: vec![count("comedians", 27), count("musicians", 24), count("actors", 21)],
            languages: vec![count("en", 30), count("pt", 4), count("de", 2)],
            ..Facets::default()
        };
        let discovery = Discovery { categories: categories(), fees: samples::fees() };
        let question = Question::of(asked, &discovery, is_own, samples::now().date_naive());
        let next_cursor = (found > 6).then(|| Cursor::from_text("abc".to_owned()));
        let page = Self::of(&question, &kernel::Page { items: Vec::new(), next_cursor }, facets);
        Self { items: samples::posters(found), ..page }
    }
}

fn categories() -> Vec<CategoryName> {
    let category = |name: &str, tagline: &str| CategoryName {
        slug: name.to_lowercase(),
        name: name.to_owned(),
        tagline: tagline.to_owned(),
    };
    let comedians = category("Comedians", "Stand-up, roast or a kind word with a twist.");
    vec![category("Actors", ""), comedians, category("Musicians", "")]
}

impl Template for Results {
    const TEMPLATE: &'static str = "pages/discover/results.html";

    fn samples() -> Vec<(&'static str, Self)> {
        let asked = || SearchParams {
            q: "comedian".to_owned(),
            available_on: "2026-12-12".to_owned(),
            max_price: "1200".to_owned(),
            ..SearchParams::default()
        };
        let category = SearchParams { category: "comedians".to_owned(), ..SearchParams::default() };
        let unclear = SearchParams { available_on: "2026-11-01".to_owned(), ..SearchParams::default() };
        vec![
            ("full", Self::sample(asked(), false, 12, 31)),
            ("empty", Self::sample(asked(), false, 0, 0)),
            ("category", Self::sample(category, true, 5, 27)),
            ("unclear", Self::sample(unclear, false, 3, 3)),
        ]
    }
}
