//! Facet counts: how many profiles each value of a filter would leave.

use serde::Serialize;
use sqlx::types::Json;
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::filters;
use super::query::{FacetScope, Search};

/// Counts over all profiles that match, not only over one page.
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

/// One value of a filter with its number of profiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct FacetCount {
    pub value: String,
    pub count: i64,
}

/// A row's counts, as `push` names them.
#[derive(FromRow)]
pub(super) struct FacetsRow {
    total: i64,
    categories: Json<Vec<FacetCount>>,
    languages: Json<Vec<FacetCount>>,
    kinds: Json<Vec<FacetCount>>,
    currencies: Json<Vec<FacetCount>>,
}

/// Begins a statement with the facet counts of `search`, in one pass over the profiles; more columns may follow.
pub(super) fn push(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str, scope: FacetScope) {
    // Grouped by combination of facets first: there are tens of thousands of profiles, but only some thousand combinations.
    sql.push("WITH counted AS MATERIALIZED (SELECT c.facet_set_id AS id, count(*) AS count FROM celebrities c");
    filters::push_filters_by_set(sql, search, text_query, scope);
    sql.push(
        " GROUP BY 1), near AS MATERIALIZED (SELECT f.category_slugs, f.languages, f.offering_kinds, f.currency, counted.count, ",
    );
    filters::push_category(sql, search);
    sql.push(" AS in_category, ");
    filters::push_language(sql, search);
    sql.push(
        " AS in_language FROM counted JOIN facet_sets f ON f.id = counted.id) \
         SELECT coalesce((SELECT sum(count) FROM near WHERE in_category AND in_language), 0)::bigint AS total",
    );
    let fits = "in_category AND in_language";
    let (by_category, by_language) = match scope {
        FacetScope::Asked => (fits, fits),
        FacetScope::OtherChoices => ("in_language", "in_category"),
    };
    push_counts(sql, "categories", "unnest(category_slugs)", by_category);
    push_counts(sql, "languages", "unnest(languages)", by_language);
    push_counts(sql, "kinds", "unnest(offering_kinds)", fits);
    push_counts(sql, "currencies", "currency::text", fits);
}

impl From<FacetsRow> for Facets {
    fn from(row: FacetsRow) -> Self {
        Self {
            total: row.total,
            categories: row.categories.0,
            languages: row.languages.0,
            kinds: row.kinds.0,
            currencies: row.currencies.0,
        }
    }
}

/// Appends a column with the count of each value of `source`, over combinations that satisfy `fit`.
fn push_counts(sql: &mut QueryBuilder<Postgres>, name: &str, source: &str, fit: &str) {
    sql.push(format!(
        ", (SELECT coalesce(jsonb_agg(jsonb_build_object('value', value, 'count', count) ORDER BY count DESC, value), '[]') \
         FROM (SELECT value, sum(count)::bigint AS count FROM (SELECT {source} AS value, count FROM near WHERE {fit}) AS one \
         GROUP BY value) AS counted) AS {name}"
    ));
}
