//! `GET /discover`: search results with facets, and the same list for one category.

use serde::Serialize;

use crate::form::Form;
use crate::render::Page;
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
