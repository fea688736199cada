//! `GET /api/celebrities`

use ::catalog::search::{FacetScope, Facets, Search, Sort, search, search_counted};
use axum::extract::Request;
use axum::response::Response;
use chrono::NaiveDate;
use entry::{Answer, Query, Site};
use kernel::{Currency, Cursor, OfferingKind};
use serde::{Deserialize, Serialize};

use super::cache::ReadyAnswers;
use super::views::CelebrityCardView;
use crate::input;

/// The parameters of the search.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CelebritiesQuery {
    /// Words; typos are corrected.
    q: Option<String>,
    /// A category's slug.
    category: Option<String>,
    /// Minor units of `currency`, without fees.
    #[param(minimum = 0)]
    min_price: Option<i64>,
    /// Minor units of `currency`, without fees.
    #[param(minimum = 0)]
    max_price: Option<i64>,
    /// Required with `min_price` and `max_price`. An order by price lists only celebrities with prices in it, `USD` unless given.
    currency: Option<Currency>,
    /// Can be booked on this day, in the celebrity's time zone.
    available_on: Option<NaiveDate>,
    /// ISO 639 code.
    language: Option<String>,
    /// The lowest mean rating: `4.5`.
    #[param(minimum = 0, maximum = 5)]
    min_rating: Option<f64>,
    kind: Option<OfferingKind>,
    /// Defaults to `relevance` with words and to `rank` without.
    sort: Option<Sort>,
    /// Whether to return facet counts.
    facets: Option<bool>,
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    cursor: Option<String>,
}

/// One page of celebrities.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CelebritiesView {
    items: Vec<CelebrityCardView>,
    next_cursor: Option<Cursor>,
    /// Only if `facets` was requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    facets: Option<Facets>,
}

/// Finds celebrities: words, filters, an order, a cursor.
#[utoipa::path(get, path = "/api/celebrities", operation_id = "search_celebrities", tag = "catalog", params(CelebritiesQuery),
    responses((status = 200, body = CelebritiesView)))]
pub(super) async fn handle(site: Site, ready: &ReadyAnswers, request: Request) -> Answer<Response> {
    let (mut parts, _) = request.into_parts();
    let headers = std::mem::take(&mut parts.headers);
    let address = input::address(&parts);
    let make = move || async move {
        let Query(query) = input::extract::<Query<CelebritiesQuery>>(&mut parts).await?;
        find(&site, query).await
    };
    ready.answer(&headers, &address, make).await
}

async fn find(site: &Site, query: CelebritiesQuery) -> Answer<CelebritiesView> {
    let page = input::page(query.limit, query.cursor.clone())?;
    let with_facets = query.facets.unwrap_or(false);
    let asked = search_of(query)?;
    let mut connection = site.database.acquire().await?;
    let (found, facets) = if with_facets {
        let (found, facets) = search_counted(&mut connection, &asked, &page, FacetScope::Asked).await?;
        (found, Some(facets))
    } else {
        (search(&mut connection, &asked, &page).await?, None)
    };
    let found = found.map(CelebrityCardView::from);
    Ok(CelebritiesView { items: found.items, next_cursor: found.next_cursor, facets })
}

fn search_of(query: CelebritiesQuery) -> Answer<Search> {
    if (query.min_price.is_some() || query.max_price.is_some()) && query.currency.is_none() {
        return Err(input::fault("currency", "required", "Say in which currency the price is."));
    }
    for (name, price) in [("min_price", query.min_price), ("max_price", query.max_price)] {
        if price.is_some_and(|price| price < 0) {
            return Err(input::fault(name, "out_of_range", "A price is 0 or more."));
        }
    }
    if query.min_price.zip(query.max_price).is_some_and(|(least, most)| least > most) {
        return Err(input::fault("max_price", "out_of_range", "The highest price is below the lowest one."));
    }
    let rating_min_hundredths = match query.min_rating {
        None => None,
        Some(rating) if (0.0..=5.0).contains(&rating) => Some((rating * 100.0).round() as i32),
        Some(_) => return Err(input::fault("min_rating", "out_of_range", "A rating is 0 to 5.")),
    };
    let sort = query.sort.unwrap_or(if query.q.is_some() { Sort::Relevance } else { Sort::Rank });
    Ok(Search {
        text: query.q.map(|text| input::text("q", text)).transpose()?,
        category: query.category.map(|text| input::text("category", text)).transpose()?,
        price_min_minor: query.min_price,
        price_max_minor: query.max_price,
        currency: query.currency,
        available_on: query.available_on.map(|day| input::date("available_on", day)).transpose()?,
        language: query.language.map(|text| input::text("language", text)).transpose()?,
        rating_min_hundredths,
        kind: query.kind,
        sort,
    })
}
