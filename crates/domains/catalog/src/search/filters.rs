//! The conditions of the search, for the page and for the facet counts.

use sqlx::{Postgres, QueryBuilder};

use super::query::{FacetScope, Search, Sort};

/// Appends ` WHERE …` with all conditions of `search`; `c` is the celebrity.
pub(super) fn push_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str) {
    sql.push(" WHERE c.status = 'published'");
    push_text_filter(sql, text_query);
    if search.category.is_some() {
        sql.push(" AND ");
        push_category_of(sql, search, "c");
    }
    if search.language.is_some() {
        sql.push(" AND ");
        push_language_of(sql, search, "c");
    }
    push_market_filters(sql, search, "c");
    push_own_filters(sql, search, text_query, search.category.is_some());
}

/// The conditions for the facet counts: profiles are found by the id of their combination in
/// `facet_sets`. With `OtherChoices`, profiles that match another category or language are kept as well.
pub(super) fn push_filters_by_set(
    sql: &mut QueryBuilder<Postgres>,
    search: &Search,
    text_query: &str,
    scope: FacetScope,
) {
    sql.push(" WHERE c.status = 'published'");
    push_text_filter(sql, text_query);
    let (has_category, has_language) = (search.category.is_some(), search.language.is_some());
    let by_choice = match scope {
        FacetScope::Asked => (has_category || has_language).then_some(" AND "),
        // The counts of a filter ignore that filter, so a profile is kept if it matches the category or the language.
        FacetScope::OtherChoices => (has_category && has_language).then_some(" OR "),
    };
    if by_choice.is_some() || search.currency.is_some() || search.kind.is_some() {
        sql.push(" AND c.facet_set_id = ANY (ARRAY(SELECT f.id FROM facet_sets f WHERE true");
        push_market_filters(sql, search, "f");
        if let Some(operator) = by_choice {
            sql.push(" AND (");
            push_category(sql, search);
            sql.push(operator);
            push_language(sql, search);
            sql.push(")");
        }
        sql.push("))");
    }
    push_own_filters(sql, search, text_query, has_category && scope == FacetScope::Asked);
}

/// Appends whether combination `f` has the requested category.
pub(super) fn push_category(sql: &mut QueryBuilder<Postgres>, search: &Search) {
    push_category_of(sql, search, "f");
}

/// Appends whether combination `f` has the requested language.
pub(super) fn push_language(sql: &mut QueryBuilder<Postgres>, search: &Search) {
    push_language_of(sql, search, "f");
}

fn push_category_of(sql: &mut QueryBuilder<Postgres>, search: &Search, of: &str) {
    match &search.category {
        Some(slug) => sql.push(format!("{of}.category_slugs @> ARRAY[")).push_bind(slug.clone()).push("]"),
        None => sql.push("true"),
    };
}

fn push_language_of(sql: &mut QueryBuilder<Postgres>, search: &Search, of: &str) {
    match &search.language {
        Some(code) => sql.push(format!("{of}.languages @> ARRAY[")).push_bind(code.clone()).push("]"),
        None => sql.push("true"),
    };
}

fn push_text_filter(sql: &mut QueryBuilder<Postgres>, text_query: &str) {
    if !text_query.is_empty() {
        sql.push(" AND c.search_vector @@ to_tsquery('simple', unaccent(").push_bind(text_query.to_owned()).push("))");
    }
}

/// Appends the conditions on currency and kind of offering; `of` is the alias of the profile or the combination.
fn push_market_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, of: &str) {
    if let Some(currency) = search.currency {
        sql.push(format!(" AND {of}.currency = ")).push_bind(currency.code());
    }
    if let Some(kind) = search.kind {
        sql.push(format!(" AND {of}.offering_kinds @> ARRAY[")).push_bind(kind.as_str()).push("]");
    }
}

/// Appends the conditions on a profile's own columns. `in_category` says that only one category's profiles are left.
fn push_own_filters(sql: &mut QueryBuilder<Postgres>, search: &Search, text_query: &str, in_category: bool) {
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
        if in_category || !text_query.is_empty() {
            // Few profiles are left, so their days are looked up by key; as a join, the planner would read the days of all profiles.
            sql.push(" AND (SELECT d.days @> ").push_bind(day).push(" FROM open_days d WHERE d.celebrity_id = c.id)");
        } else {
            sql.push(" AND EXISTS (SELECT FROM open_days d WHERE d.celebrity_id = c.id AND d.days @> ");
            sql.push_bind(day).push(")");
        }
    }
}
