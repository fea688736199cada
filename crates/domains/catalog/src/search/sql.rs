//! Builds and runs the statement of a search.

use database::Connection;
use kernel::{CelebrityId, Currency, Money, PortraitId};
use serde::Deserialize;
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::facets::{self, Facets, FacetsRow};
use super::filters;
use super::query::{FacetScope, Position, Search, Sort};
use crate::celebrity::{CategoryLink, CelebrityCard, Rating};
use crate::error::CatalogError;

/// A card with its sort key.
pub(super) struct RankedCard {
    pub card: CelebrityCard,
    pub key: i64,
}

#[derive(FromRow, Deserialize)]
struct RankedRecord {
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
    answer_minutes: Option<i32>,
    categories: Json<Vec<CategoryLink>>,
    key: i64,
}

/// A page with the facet counts.
#[derive(FromRow)]
struct CountedRecord {
    found: Json<Vec<RankedRecord>>,
    #[sqlx(flatten)]
    facets: FacetsRow,
}

/// Up to `limit` matching celebrities after `after`, in the order of `search.sort`.
/// With a scope the same statement computes facet counts; without one they are empty.
pub(super) async fn read(
    connection: &mut Connection,
    search: &Search,
    text_query: &str,
    after: Option<&Position>,
    limit: i64,
    scope: Option<FacetScope>,
) -> Result<(Vec<RankedCard>, Facets), CatalogError> {
    let mut sql = QueryBuilder::new("");
    let Some(scope) = scope else {
        push_page(&mut sql, search, text_query, after, limit);
        let rows: Vec<RankedRecord> = sql.build_query_as().fetch_all(connection).await?;
        return Ok((rows.into_iter().map(RankedCard::from).collect(), Facets::default()));
    };
    facets::push(&mut sql, search, text_query, scope);
    // The page is a subquery with its own order and limit, so that it can use an index.
    sql.push(", (SELECT coalesce(jsonb_agg(to_jsonb(page)), '[]') FROM (");
    push_page(&mut sql, search, text_query, after, limit);
    sql.push(") AS page) AS found");
    let row: CountedRecord = sql.build_query_as().fetch_one(connection).await?;
    Ok((row.found.0.into_iter().map(RankedCard::from).collect(), row.facets.into()))
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
         c.hue, c.portrait_id, c.rating_hundredths, c.rating_count, c.from_price_minor, c.currency, c.answer_minutes, \
         c.categories, ",
    );
    push_key(sql, search.sort, text_query);
    sql.push(" AS key FROM celebrities c");
    filters::push_filters(sql, search, text_query);
    let ascending = search.sort == Sort::PriceAsc;
    if let Some(after) = after {
        // A row comparison, so that the index on (column, id) is entered at the right position.
        sql.push(" AND (");
        push_order_column(sql, search.sort, text_query);
        sql.push(", c.id) ").push(if ascending { ">" } else { "<" }).push(" (");
        push_bound(sql, search.sort, after.key);
        sql.push(", ").push_bind(after.id).push(")");
    }
    let direction = if ascending { " ASC" } else { " DESC" };
    sql.push(" ORDER BY ");
    push_order_column(sql, search.sort, text_query);
    // A literal, not a parameter, so that the planner knows that few rows are needed.
    sql.push(direction).push(", c.id").push(direction).push(" LIMIT ").push(limit);
}

/// The sort expression; the index has the same one.
fn push_order_column(sql: &mut QueryBuilder<Postgres>, sort: Sort, text_query: &str) {
    match sort {
        Sort::Relevance => {
            // The match quality in coarse steps, so that rank decides among similar matches.
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

/// The sort key as a number, for the cursor.
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

/// A cursor's number as a value of the sort expression; clamped, so that a forged cursor cannot overflow it.
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

impl From<RankedRecord> for RankedCard {
    fn from(row: RankedRecord) -> Self {
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
            answer_minutes: row.answer_minutes,
        };
        Self { card, key: row.key }
    }
}
