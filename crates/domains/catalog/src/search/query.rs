//! The parameters of a search.

use chrono::NaiveDate;
use kernel::{Currency, OfferingKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The parameters of a search. The default matches everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words in any language and spelling.
    pub text: Option<String>,
    /// A category's slug.
    pub category: Option<String>,
    /// Bounds of the lowest price, in minor units of `currency`.
    pub price_min_minor: Option<i64>,
    pub price_max_minor: Option<i64>,
    pub currency: Option<Currency>,
    /// Can be booked on this day, in the celebrity's own zone.
    pub available_on: Option<NaiveDate>,
    /// ISO 639 code.
    pub language: Option<String>,
    /// In hundredths: 450 is 4.5.
    pub rating_min_hundredths: Option<i32>,
    pub kind: Option<OfferingKind>,
    pub sort: Sort,
}

/// The currency of price bounds and price orders if none is given.
pub const PRICE_CURRENCY: Currency = Currency::Usd;

/// The sort order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// How well the words match, then rank; without words the same as `rank`.
    Relevance,
    /// Ratings, recent bookings and quick answers.
    #[default]
    Rank,
    Rating,
    /// Lists only celebrities with prices in the requested currency (US dollars if none is given).
    PriceAsc,
    PriceDesc,
    Newest,
}

/// The content of a cursor: where a page ended, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub sort: Sort,
    /// A hash of the words, if the order depends on them; otherwise empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    pub key: i64,
    pub id: Uuid,
}

/// Which profiles the counts of categories and languages include.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetScope {
    /// Profiles that match all filters.
    Asked,
    /// Each count ignores its own filter, so it shows what another choice would find. The total still matches all filters.
    OtherChoices,
}

impl Search {
    /// Applies the defaults: without words the order is by rank, and an order by
    /// price compares only one currency, because 9,000 yen are less than 100 dollars.
    pub(super) fn meant(mut self, words: &[String]) -> Self {
        match self.sort {
            Sort::Relevance if words.is_empty() => self.sort = Sort::Rank,
            Sort::PriceAsc | Sort::PriceDesc => self.currency = self.currency.or(Some(PRICE_CURRENCY)),
            _ => {}
        }
        self
    }
}
