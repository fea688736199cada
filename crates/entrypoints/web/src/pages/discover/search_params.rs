//! Search parameters: parsed from the query string, and written back to it.

use catalog::search::{PRICE_CURRENCY, Search, Sort};
use chrono::NaiveDate;
use kernel::{Currency, Dated};
use serde::Deserialize;
use site::links;

use crate::kit::amount::minor_units;
use crate::kit::form::Form;
use crate::kit::format;

/// The query string as the form sends it: all fields, most of them empty.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchParams {
    pub q: String,
    pub category: String,
    pub available_on: String,
    pub max_price: String,
    pub currency: String,
    pub language: String,
    pub min_rating: String,
    pub sort: String,
    pub cursor: String,
}

/// The orders, as addresses and people name them.
pub(crate) const SORTS: [(&str, &str, Sort); 6] = [
    ("relevance", "Best match", Sort::Relevance),
    ("rank", "Most in demand", Sort::Rank),
    ("rating", "Top rated", Sort::Rating),
    ("price_asc", "Price, low to high", Sort::PriceAsc),
    ("price_desc", "Price, high to low", Sort::PriceDesc),
    ("newest", "Newest", Sort::Newest),
];

impl SearchParams {
    /// The search, and the form with errors for invalid values. An invalid value does not filter.
    pub(crate) fn read(&self, today: NaiveDate) -> (Search, Form) {
        let fields = [("q", &self.q), ("available_on", &self.available_on), ("max_price", &self.max_price)];
        let mut form = Form::with(fields.map(|(name, value)| (name, value.trim().to_owned())));
        let text = |value: &str| Some(value.trim().to_owned()).filter(|value| !value.is_empty());
        let currency = Currency::from_code(&self.currency).unwrap_or(PRICE_CURRENCY);
        let mut search = Search {
            text: text(&self.q).map(|words| words.chars().take(100).collect()),
            category: text(&self.category),
            language: text(&self.language),
            rating_min_hundredths: hundredths(&self.min_rating),
            sort: SORTS.iter().find(|(name, ..)| *name == self.sort).map_or(Sort::Relevance, |(_, _, sort)| *sort),
            ..Search::default()
        };
        if let Some(day) = text(&self.available_on) {
            match day.parse::<Dated<NaiveDate>>().map(Dated::get) {
                Ok(day) if day >= today => search.available_on = Some(day),
                _ => form = form.fault("available_on", "Choose a day from today on."),
            }
        }
        if let Some(price) = text(&self.max_price) {
            match minor_units(&price, currency.decimals()) {
                Some(minor) => (search.price_max_minor, search.currency) = (Some(minor), Some(currency)),
                None => form = form.fault("max_price", "Write an amount such as 1200."),
            }
        }
        if is_by_price(&search) {
            search.currency = Some(currency);
        }
        (search, form)
    }

    /// The address of the first page of the same search with one field changed.
    pub(crate) fn with(&self, action: &str, field: &str, value: &str) -> String {
        let mut changed = Self { cursor: String::new(), ..self.clone() };
        match field {
            "q" => changed.q = value.to_owned(),
            "category" => changed.category = value.to_owned(),
            "available_on" => changed.available_on = value.to_owned(),
            "max_price" => changed.max_price = value.to_owned(),
            "language" => changed.language = value.to_owned(),
            "min_rating" => changed.min_rating = value.to_owned(),
            "cursor" => changed.cursor = value.to_owned(),
            _ => changed.sort = value.to_owned(),
        }
        changed.address(action)
    }

    /// The address of this search; empty fields are left out.
    fn address(&self, action: &str) -> String {
        let fields = [
            ("q", &self.q),
            ("category", &self.category),
            ("available_on", &self.available_on),
            ("max_price", &self.max_price),
            ("currency", &self.currency),
            ("language", &self.language),
            ("min_rating", &self.min_rating),
            ("sort", &self.sort),
            ("cursor", &self.cursor),
        ];
        let said = fields.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let query: Vec<String> = said.map(|(name, value)| format!("{name}={}", links::encode(value.trim()))).collect();
        if query.is_empty() { action.to_owned() } else { format!("{action}?{}", query.join("&")) }
    }

    /// The active filters: field name and description.
    pub(crate) fn filters(&self, search: &Search, category: Option<&str>) -> Vec<(&'static str, String)> {
        let filters = [
            search.text.as_ref().map(|words| ("q", format!("“{words}”"))),
            category.map(|name| ("category", name.to_owned())),
            search.available_on.map(|day| ("available_on", format!("free {}", format::day(day)))),
            search.price_max_minor.map(|minor| {
                let money = kernel::Money::new(minor, search.currency.unwrap_or(PRICE_CURRENCY));
                ("max_price", format!("up to {}, in {}", format::price(money), money.currency.code()))
            }),
            search
                .currency
                .filter(|_| is_by_price(search) && search.price_max_minor.is_none())
                .map(|currency| ("sort", format!("priced in {}", currency.code()))),
            search.language.as_ref().map(|code| ("language", format!("speaks {}", format::language(code)))),
            search
                .rating_min_hundredths
                .map(|least| ("min_rating", format!("rated {} or better", format::rating(least)))),
        ];
        filters.into_iter().flatten().collect()
    }
}

/// Whether the order is by price; it lists only profiles with prices in one currency.
fn is_by_price(search: &Search) -> bool {
    matches!(search.sort, Sort::PriceAsc | Sort::PriceDesc)
}

/// `4.5` as 450.
fn hundredths(text: &str) -> Option<i32> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let (whole, tenths): (i32, i32) = (whole.parse().ok()?, part.get(..1)?.parse().ok()?);
    (0..=5).contains(&whole).then_some(whole * 100 + tenths * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 12, 2).unwrap()
    }

    #[test]
    fn what_is_not_understood_is_told_and_does_not_filter() {
        let asked =
            SearchParams { available_on: "2026-11-01".into(), max_price: "cheap".into(), ..SearchParams::default() };
        let (search, form) = asked.read(today());
        assert_eq!((search.available_on, search.price_max_minor), (None, None));
        assert!(form.errors.contains_key("available_on") && form.errors.contains_key("max_price"));
    }

    #[test]
    fn an_order_by_price_says_in_which_currency_and_can_be_dropped() {
        let asked = SearchParams { sort: "price_asc".into(), currency: "EUR".into(), ..SearchParams::default() };
        let (search, _) = asked.read(today());
        assert_eq!(search.currency, Some(Currency::Eur));
        assert_eq!(asked.filters(&search, None), [("sort", "priced in EUR".to_owned())]);
        assert_eq!(asked.with("/discover", "sort", ""), "/discover?currency=EUR");
    }

    #[test]
    fn ratings_are_read_with_one_decimal() {
        assert_eq!((hundredths("4.5"), hundredths("9.0"), hundredths("x")), (Some(450), None, None));
    }

    #[test]
    fn a_dropped_filter_keeps_the_others_and_starts_again() {
        let asked = SearchParams {
            q: "Zoë & co".into(),
            language: "pt".into(),
            cursor: "abc".into(),
            ..SearchParams::default()
        };
        assert_eq!(asked.with("/discover", "language", ""), "/discover?q=Zo%C3%AB%20%26%20co");
        assert_eq!(SearchParams::default().with("/discover", "q", ""), "/discover");
    }
}
