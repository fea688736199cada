//! Search for celebrities: words with typo correction, filters, sort orders, stable cursors, and facet counts.

mod facets;
mod filters;
mod query;
mod spelling;
mod sql;
mod terms;

use database::Connection;
use kernel::secret::sha256;
use kernel::{Cursor, Page, PageRequest};

use crate::celebrity::CelebrityCard;
use crate::error::CatalogError;
use query::Position;

pub use facets::{FacetCount, Facets};
pub use query::{FacetScope, PRICE_CURRENCY, Search, Sort};

/// One page of the matching celebrities.
pub async fn search(
    connection: &mut Connection,
    search: &Search,
    page: &PageRequest,
) -> Result<Page<CelebrityCard>, CatalogError> {
    Ok(find(connection, search, page, None).await?.0)
}

/// The same with facet counts over the whole list, read in one statement.
pub async fn search_counted(
    connection: &mut Connection,
    search: &Search,
    page: &PageRequest,
    scope: FacetScope,
) -> Result<(Page<CelebrityCard>, Facets), CatalogError> {
    find(connection, search, page, Some(scope)).await
}

/// The page, with facet counts if `scope` is given.
async fn find(
    connection: &mut Connection,
    search: &Search,
    page: &PageRequest,
    scope: Option<FacetScope>,
) -> Result<(Page<CelebrityCard>, Facets), CatalogError> {
    let words = terms::words(search.text.as_deref().unwrap_or_default());
    let search = search.clone().meant(&words);
    let sort = search.sort;
    let order = if sort == Sort::Relevance { fingerprint(&words) } else { String::new() };
    let after = page.cursor.as_ref().map(|cursor| position(cursor, sort, &order)).transpose()?;
    let (after, limit) = (after.as_ref(), i64::from(page.limit) + 1);
    let text_query = terms::query(&words);
    let (mut found, mut facets) = sql::read(connection, &search, &text_query, after, limit, scope).await?;
    // Spelling is corrected only when the literal words match nobody.
    if found.is_empty()
        && !words.is_empty()
        && let Some(corrected) = spelling::corrected(connection, &words).await?
    {
        (found, facets) = sql::read(connection, &search, &corrected, after, limit, scope).await?;
    }
    let page = Page::from_rows(found, page.limit, |found| Position {
        sort,
        words: order.clone(),
        key: found.key,
        id: found.card.id.0,
    });
    Ok((page.map(|found| found.card), facets))
}

/// A short hash of the words, so that cursors do not contain them.
fn fingerprint(words: &[String]) -> String {
    sha256(words.join(" ").as_bytes())[..6].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn position(cursor: &Cursor, sort: Sort, words: &str) -> Result<Position, CatalogError> {
    let position: Position = cursor.decode()?;
    if position.sort == sort && position.words == words { Ok(position) } else { Err(CatalogError::CursorOfAnotherSort) }
}
