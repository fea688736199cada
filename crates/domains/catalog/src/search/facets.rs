//! How many profiles each value of a filter would leave.

use database::Connection;
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, QueryBuilder};

use super::{Search, spelling, sql, terms};
use crate::error::CatalogError;

/// Counts over everybody who fits, the whole list and not only its page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Facets {
    pub total: i64,
    /// By slug, most first.
    pub categories: Vec<FacetCount>,
    /// By ISO 639 code, most first.
    pub languages: Vec<FacetCount>,
    pub kinds: Vec<FacetCount>,
    /// By currency of the prices, most first.
    pub currencies: Vec<FacetCount>,
}

/// One choice and how many it would leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FacetCount {
    pub value: String,
    pub count: i64,
}

#[derive(FromRow)]
struct FacetsRow {
    total: i64,
    categories: Json<Vec<FacetCount>>,
    languages: Json<Vec<FacetCount>>,
    kinds: Json<Vec<FacetCount>>,
    currencies: Json<Vec<FacetCount>>,
}

/// The counts for what is asked.
pub async fn facets(connection: &mut Connection, search: &Search) -> Result<Facets, CatalogError> {
    let words = terms::words(search.text.as_deref().unwrap_or_default());
    let search = &search.clone().meant(&words);
    let found = count(connection, search, &terms::query(&words)).await?;
    if found.total == 0
        && !words.is_empty()
        && let Some(query) = spelling::corrected(connection, &words).await?
    {
        return count(connection, search, &query).await;
    }
    Ok(found)
}

async fn count(connection: &mut Connection, search: &Search, text_query: &str) -> Result<Facets, CatalogError> {
    // Profiles with the same combination are counted together first: there are tens of thousands of them and some thousand combinations.
    let mut sql = QueryBuilder::new(
        "WITH counted AS MATERIALIZED (SELECT c.facet_set_id AS id, count(*) AS count FROM celebrities c",
    );
    sql::push_filters_by_set(&mut sql, search, text_query);
    sql.push(
        " GROUP BY 1), fits AS MATERIALIZED (SELECT f.category_slugs, f.languages, f.offering_kinds, f.currency, counted.count \
         FROM counted JOIN facet_sets f ON f.id = counted.id) SELECT coalesce((SELECT sum(count) FROM fits), 0)::bigint AS total",
    );
    for (column, source) in [
        ("categories", "unnest(category_slugs)"),
        ("languages", "unnest(languages)"),
        ("kinds", "unnest(offering_kinds)"),
        ("currencies", "currency::text"),
    ] {
        sql.push(format!(
            ", (SELECT coalesce(jsonb_agg(jsonb_build_object('value', value, 'count', count) ORDER BY count DESC, value), '[]') \
             FROM (SELECT value, sum(count)::bigint AS count FROM (SELECT {source} AS value, count FROM fits) AS one GROUP BY value) AS counted) AS {column}"
        ));
    }
    let row: FacetsRow = sql.build_query_as().fetch_one(connection).await?;
    Ok(Facets {
        total: row.total,
        categories: row.categories.0,
        languages: row.languages.0,
        kinds: row.kinds.0,
        currencies: row.currencies.0,
    })
}
