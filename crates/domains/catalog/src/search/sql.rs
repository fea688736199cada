//! The statement of the search, built from the filters that are set.

use database::Connection;
use kernel::{CelebrityId, Currency, Money, PortraitId};
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::{Position, Search, Sort};
use crate::celebrity::{CategoryLink, CelebrityCard, Rating};
use crate::error::CatalogError;

/// A card with the key it was sorted by.
pub(super) struct RankedCard {
    pub card: CelebrityCard,
    pub key: i64,
}

#[derive(FromRow)]
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

/// Up to `limit` celebrities that fit, after `after`, in the order of `search.sort`.
pub(super) async fn page(
    connection: &mut Connection,
    search: &Search,
    text_query: &str,
    after: Option<&Position>,
    limit: i64,
) -> Result<Vec<RankedCard>, CatalogError> {
    let mut sql = QueryBuilder::new(
        "SELECT c.id, c.slug, c.stage_name, c.headline, c.city, c.country, c.languages, c.verified_at IS NOT NULL AS is_verified, \
         c.hue, c.portrait_id, c.rating_hundredths, c.rating_count, c.from_price_minor, c.currency, c.answer_minutes, \
         c.categories, ",
    );
    push_key(&mut sql, search.sort, text_query);
    sql.push(" AS key FROM celebrities c");
    push_filters(&mut sql, search, text_query);
    let ascending = search.sort == Sort::PriceAsc;
    if let Some(after) = after {
        // Compared as a row, so that the index on column and id leads straight to the place.
        sql.push(" AND (");
        push_order_column(&mut sql, search.sort, text_query);
        sql.push(", c.id) ").push(if ascending { ">" } else { "<" }).push(" (");
        push_bound(&mut sql, search.sort, after.key);
        sql.push(", ").push_bind(after.id).push(")");
    }
    let direction = if ascending { " ASC" } else { " DESC" };
    sql.push(" ORDER BY ");
    push_order_column(&mut sql, search.sort, text_query);
    // A literal instead of a parameter, so that the planner knows how few rows are wanted.
    sql.push(direction).push(", c.id").push(direction).push(" LIMIT ").push(limit);
    let rows: Vec<RankedRecord> = sql.build_query_as().fetch_all(connection).await?;
    Ok(rows.into_iter().map(RankedCard::from).collect())
}

/// Appends ` WHERE …` with everything that is asked; `c` is the celebrity.
pub(super) fn push_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str) {
    sql.push(" WHERE c.status = 'published'");
    push_text_filter(sql, text_query);
    push_shared_filters(sql, search, "c");
    push_own_filters(sql, search, text_query);
}

/// The same through `facet_sets`: profiles are found by the number of their combination.
pub(super) fn push_filters_by_set(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str) {
    sql.push(" WHERE c.status = 'published'");
    push_text_filter(sql, text_query);
    let shared =
        search.category.is_some() || search.currency.is_some() || search.language.is_some() || search.kind.is_some();
    if shared {
        sql.push(" AND c.facet_set_id = ANY (ARRAY(SELECT f.id FROM facet_sets f WHERE true");
        push_shared_filters(sql, search, "f");
        sql.push("))");
    }
    push_own_filters(sql, search, text_query);
}

fn push_text_filter(sql: &mut QueryBuilder<Postgres>, text_query: &str) {
    if !text_query.is_empty() {
        sql.push(" AND c.search_vector @@ to_tsquery('simple', unaccent(").push_bind(text_query.to_owned()).push("))");
    }
}

/// Filters on columns that many profiles share; `of` is the alias of the profile or of its combination.
fn push_shared_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, of: &str) {
    if let Some(category) = &search.category {
        sql.push(format!(" AND {of}.category_slugs @> ARRAY[")).push_bind(category.clone()).push("]");
    }
    if let Some(currency) = search.currency {
        sql.push(format!(" AND {of}.currency = ")).push_bind(currency.code());
    }
    if let Some(language) = &search.language {
        sql.push(format!(" AND {of}.languages @> ARRAY[")).push_bind(language.clone()).push("]");
    }
    if let Some(kind) = search.kind {
        sql.push(format!(" AND {of}.offering_kinds @> ARRAY[")).push_bind(kind.as_str()).push("]");
    }
}

/// Filters on columns of each profile's own.
fn push_own_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str) {
    if let Some(minor) = search.price_min_minor {
        sql.push(" AND c.from_price_minor >= ").push_bind(minor);
    }
    if let Some(minor) = search.price_max_minor {
        sql.push(" AND c.from_price_minor <= ").push_bind(minor);
    }
    if matches!(search.sort, Sort::PriceAsc | Sort::PriceDesc) {
        sql.push(" AND c.from_price_minor IS NOT NULL");
    }
    if let Some(hundredths) = search.rating_min_hundredths {
        sql.push(" AND c.rating_count > 0 AND c.rating_hundredths >= ").push_bind(hundredths);
    }
    if let Some(day) = search.available_on {
        if search.category.is_some() || !text_query.is_empty() {
            // Few profiles are left, so their days are looked up by key. The planner would choose a join that reads everybody's days.
            sql.push(" AND (SELECT d.days @> ").push_bind(day).push(" FROM open_days d WHERE d.celebrity_id = c.id)");
        } else {
            sql.push(" AND EXISTS (SELECT FROM open_days d WHERE d.celebrity_id = c.id AND d.days @> ");
            sql.push_bind(day).push(")");
        }
    }
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
