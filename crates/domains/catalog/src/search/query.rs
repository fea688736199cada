//! What can be asked of the list of celebrities.

use chrono::NaiveDate;
use kernel::Currency;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::OfferingKind;

/// What is asked of the list. Empty means everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Words in any language and spelling.
    pub text: Option<String>,
    /// A category's slug.
    pub category: Option<String>,
    /// Bounds of the least price, in minor units of `currency`.
    pub price_min_minor: Option<i64>,
    pub price_max_minor: Option<i64>,
    pub currency: Option<Currency>,
    /// Has room on this day, in the celebrity's own zone.
    pub available_on: Option<NaiveDate>,
    /// ISO 639 code.
    pub language: Option<String>,
    /// In hundredths: 450 is 4.5.
    pub rating_min_hundredths: Option<i32>,
    pub kind: Option<OfferingKind>,
    pub sort: Sort,
}

/// What prices are compared in unless another currency is asked for.
pub const PRICE_CURRENCY: Currency = Currency::Usd;

/// The order of the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// How well the words fit, then rank; without words the same as `rank`.
    Relevance,
    /// Quality and demand.
    #[default]
    Rank,
    Rating,
    /// Only who has prices in the currency that is asked for, US dollars unless another is.
    PriceAsc,
    PriceDesc,
    Newest,
}

/// Where a page ended, and in which order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub sort: Sort,
    /// The words, by whose fit the order is; empty in the other orders.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    pub key: i64,
    pub id: Uuid,
}

/// What categories and languages are counted within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FacetScope {
    /// Everything that is asked.
    Asked,
    /// Each without the filter on itself: the counts say what another choice would find. The total stays that of what is asked.
    OtherChoices,
}

impl Search {
    /// What is meant where it is left open. Relevance means nothing without words; prices are compared in one currency, for 9,000 yen
    /// are less than 100 dollars.
    pub(super) fn meant(mut self, words: &[String]) -> Self {
        match self.sort {
            Sort::Relevance if words.is_empty() => self.sort = Sort::Rank,
            Sort::PriceAsc | Sort::PriceDesc => self.currency = self.currency.or(Some(PRICE_CURRENCY)),
            _ => {}
        }
        self
    }
}
