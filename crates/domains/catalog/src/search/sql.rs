//! The one statement whose shape follows what is asked.

use database::Connection;
use kernel::{CelebrityId, Currency, Money, PortraitId};
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::facets::{self, Facets, FacetsRow};
use super::filters;
use super::query::{FacetScope, Position, Search, Sort};
use crate::{CatalogError, CategoryLink, CelebrityCard, Rating};

/// A card with the key it was sorted by.
pub(super) struct Found {
    pub card: CelebrityCard,
    pub key: i64,
}

#[derive(FromRow, Deserialize)]
struct FoundRow {
    id: CelebrityId,
    slug: String,
    stage_name: String,
    headline: String,
    city: String,
    country: String,
    languages: Vec<String>,
    is_verified: bool,
    hue: i16,
    portrait_id: Option<PortraitId>,
    rating_hundredths: i32,
    rating_count: i32,
    from_price_minor: Option<i64>,
    currency: Currency,
    response_minutes: i32,
    categories: Json<Vec<CategoryLink>>,
    key: i64,
}

/// A page with the counts over the whole list.
#[derive(FromRow)]
struct CountedRow {
    found: Json<Vec<FoundRow>>,
    #[sqlx(flatten)]
    facets: FacetsRow,
}

/// Up to `limit` celebrities that fit, after `after`, in the order of `search.sort`. With a scope they are counted in the same
/// statement; without one the counts are empty.
pub(super) async fn read(
    connection: &mut Connection,
    search: &Search,
    text_query: &str,
    after: Option<&Position>,
    limit: i64,
    scope: Option<FacetScope>,
) -> Result<(Vec<Found>, Facets), CatalogError> {
    let mut sql = QueryBuilder::new("");
    let Some(scope) = scope else {
        push_page(&mut sql, search, text_query, after, limit);
        let rows: Vec<FoundRow> = sql.build_query_as().fetch_all(connection).await?;
        return Ok((rows.into_iter().map(Found::from).collect(), Facets::default()));
    };
    facets::push(&mut sql, search, text_query, scope);
    // The page stays a query of its own, with its own order and limit, so that it still goes along an index.
    sql.push(", (SELECT coalesce(jsonb_agg(to_jsonb(page)), '[]') FROM (");
    push_page(&mut sql, search, text_query, after, limit);
    sql.push(") AS page) AS found");
    let row: CountedRow = sql.build_query_as().fetch_one(connection).await?;
    Ok((row.found.0.into_iter().map(Found::from).collect(), row.facets.into()))
}

fn push_page(
    sql: &mut QueryBuilder<Postgres>,
    search: &Search,
    text_query: &str,
    after: Option<&Position>,
    limit: i64,
) {
    sql.push(
        "SELECT c.id, c.slug, c.stage_name, c.headline, c.city, c.country, c.languages, c.verified_at IS NOT NULL AS is_verified, \
         c.hue, c.portrait_id, c.rating_hundredths, c.rating_count, c.from_price_minor, c.currency, c.response_minutes, \
         c.categories, ",
    );
    push_key(sql, search.sort, text_query);
    sql.push(" AS key FROM celebrities c");
    filters::push_filters(sql, search, text_query);
    let ascending = search.sort == Sort::PriceAsc;
    if let Some(after) = after {
        // The column and the id as a row, so that the index on both leads straight to the place.
        sql.push(" AND (");
        push_order_column(sql, search.sort, text_query);
        sql.push(", c.id) ").push(if ascending { ">" } else { "<" }).push(" (");
        push_bound(sql, search.sort, after.key);
        sql.push(", ").push_bind(after.id).push(")");
    }
    let direction = if ascending { " ASC" } else { " DESC" };
    sql.push(" ORDER BY ");
    push_order_column(sql, search.sort, text_query);
    // A number in the text instead of a parameter: the planner knows how few rows it is for, once and for all.
    sql.push(direction).push(", c.id").push(direction).push(" LIMIT ").push(limit);
}

/// What the list is ordered by, as a column that an index knows.
fn push_order_column(sql: &mut QueryBuilder<Postgres>, sort: Sort, text_query: &str) {
    match sort {
        Sort::Relevance => {
            // How well the words fit, in steps so coarse that rank decides among equals.
            sql.push("((ts_rank(c.search_vector, to_tsquery('simple', unaccent(").push_bind(text_query.to_owned());
            sql.push("))) * 100)::bigint * 100000 + c.rank)");
        }
        Sort::Rank => {
            sql.push("c.rank");
        }
        Sort::Rating => {
            sql.push("c.rating_hundredths");
        }
        Sort::PriceAsc | Sort::PriceDesc => {
            sql.push("c.from_price_minor");
        }
        Sort::Newest => {
            sql.push("c.created_at");
        }
    }
}

/// The same as a number for the cursor.
fn push_key(sql: &mut QueryBuilder<Postgres>, sort: Sort, text_query: &str) {
    match sort {
        Sort::Newest => {
            sql.push("(extract(epoch FROM c.created_at) * 1000000)::bigint");
        }
        _ => {
            push_order_column(sql, sort, text_query);
            sql.push("::bigint");
        }
    }
}

/// The number of a cursor as a value of the column; the bounds keep a forged one from overflowing.
fn push_bound(sql: &mut QueryBuilder<Postgres>, sort: Sort, key: i64) {
    match sort {
        Sort::Newest => {
            let at = chrono::DateTime::from_timestamp_micros(key.clamp(0, 4_000_000_000_000_000)).unwrap_or_default();
            sql.push_bind(at);
        }
        Sort::Rank | Sort::Rating => {
            sql.push_bind(i32::try_from(key).unwrap_or(i32::MAX));
        }
        Sort::Relevance | Sort::PriceAsc | Sort::PriceDesc => {
            sql.push_bind(key);
        }
    }
}

impl From<FoundRow> for Found {
    fn from(row: FoundRow) -> Self {
        let card = CelebrityCard {
            id: row.id,
            slug: row.slug,
            stage_name: row.stage_name,
            headline: row.headline,
            categories: row.categories.0,
            city: row.city,
            country: row.country,
            languages: row.languages,
            is_verified: row.is_verified,
            hue: row.hue,
            portrait_id: row.portrait_id,
            rating: Rating { hundredths: row.rating_hundredths, count: row.rating_count },
            from_price: row.from_price_minor.map(|minor| Money::new(minor, row.currency)),
            response_minutes: row.response_minutes,
        };
        Self { card, key: row.key }
    }
}
