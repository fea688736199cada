//! Finding celebrities: words with typos forgiven, filters, orders, stable cursors, and counts for narrowing down.

mod facets;
mod spelling;
mod sql;
mod terms;

use chrono::NaiveDate;
use database::Connection;
use kernel::secret::sha256;
use kernel::{Currency, Cursor, OfferingKind, Page, PageRequest};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::celebrity::CelebrityCard;
use crate::error::CatalogError;

pub use facets::{FacetCount, Facets, facets};

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
struct Position {
    sort: Sort,
    /// The words, by whose fit the order is; empty in the other orders.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    words: String,
    key: i64,
    id: Uuid,
}

/// One page of the celebrities that fit.
pub async fn search(
    connection: &mut Connection,
    search: &Search,
    page: &PageRequest,
) -> Result<Page<CelebrityCard>, CatalogError> {
    let words = terms::words(search.text.as_deref().unwrap_or_default());
    let asked = search.clone().meant(&words);
    let sort = asked.sort;
    let order = if sort == Sort::Relevance { fingerprint(&words) } else { String::new() };
    let after = page.cursor.as_ref().map(|cursor| position(cursor, sort, &order)).transpose()?;
    let limit = i64::from(page.limit) + 1;
    let mut found = sql::page(connection, &asked, &terms::query(&words), after.as_ref(), limit).await?;
    // Spelling is corrected only when the literal words match nobody.
    if found.is_empty()
        && !words.is_empty()
        && let Some(query) = spelling::corrected(connection, &words).await?
    {
        found = sql::page(connection, &asked, &query, after.as_ref(), limit).await?;
    }
    let page = Page::from_rows(found, page.limit, |found| Position {
        sort,
        words: order.clone(),
        key: found.key,
        id: found.card.id.0,
    });
    Ok(page.map(|found| found.card))
}

impl Search {
    /// Fills in what was left open: without words the order is by rank, and an order by price compares one currency, because 9,000 yen
    /// are less than 100 dollars.
    fn meant(mut self, words: &[String]) -> Self {
        match self.sort {
            Sort::Relevance if words.is_empty() => self.sort = Sort::Rank,
            Sort::PriceAsc | Sort::PriceDesc => self.currency = self.currency.or(Some(PRICE_CURRENCY)),
            _ => {}
        }
        self
    }
}

/// A short hash of the words, so that a cursor does not carry them.
fn fingerprint(words: &[String]) -> String {
    sha256(words.join(" ").as_bytes())[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn position(cursor: &Cursor, sort: Sort, words: &str) -> Result<Position, CatalogError> {
    let position: Position = cursor.decode()?;
    if position.sort == sort && position.words == words { Ok(position) } else { Err(CatalogError::CursorOfAnotherSort) }
}
