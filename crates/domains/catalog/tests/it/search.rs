//! Words, typos, filters, orders, cursors.

use catalog::CatalogError;
use catalog::commands::{self, CelebrityDraft};
use catalog::search::{FacetCount, FacetScope, Facets, Search, Sort, search, search_counted};
use kernel::{Currency, Cursor, PageRequest};

use crate::support::{Stage, now};

async fn names(stage: &Stage, asked: &Search) -> Vec<String> {
    let mut connection = stage.test.database.acquire().await.unwrap();
    let page = search(&mut connection, asked, &PageRequest::first(20)).await.unwrap();
    page.items.into_iter().map(|card| card.slug).collect()
}

async fn facets(stage: &Stage, asked: &Search, scope: FacetScope) -> Facets {
    let mut connection = stage.test.database.acquire().await.unwrap();
    search_counted(&mut connection, asked, &PageRequest::first(1), scope).await.unwrap().1
}

fn pairs(counts: &[FacetCount]) -> Vec<(&str, i64)> {
    counts.iter().map(|one| (one.value.as_str(), one.count)).collect()
}

fn text(text: &str) -> Search {
    Search { text: Some(text.into()), sort: Sort::Relevance, ..Search::default() }
}

async fn cast() -> Stage {
    let stage = Stage::new().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    for (slug, name, price) in
        [("maya", "Maya Voss", 30_000), ("zoe", "Zoë O’Hara", 10_000), ("juno", "Juno Vale", 20_000)]
    {
        let category = if slug == "zoe" { stage.chefs } else { stage.actors };
        stage.add(&mut tx, &stage.draft(slug, name, category), price).await;
    }
    tx.commit().await.unwrap();
    stage
}

#[tokio::test]
async fn words_are_found_in_any_spelling() {
    let stage = cast().await;
    for (asked, expected) in [
        ("maya", vec!["maya"]),
        ("MAYA vos", vec!["maya"]),
        ("voss maya", vec!["maya"]),
        ("zoe o'hara", vec!["zoe"]),
        ("Zoë", vec!["zoe"]),
        ("mya", vec!["maya"]),
        ("amya voss", vec!["maya"]),
        ("chesf", vec!["zoe"]),
        ("juno zuirch", vec!["juno"]),
        ("xyzzy", vec![]),
        ("&|!:*()", vec!["maya", "zoe", "juno"]),
    ] {
        let mut found = names(&stage, &text(asked)).await;
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{asked}");
    }
}

#[tokio::test]
async fn filters_narrow_and_facets_count() {
    let stage = cast().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    let zoe = catalog::queries::celebrity(&mut tx, "zoe").await.unwrap();
    let day = |text: &str| text.parse().unwrap();
    let ranges = [(day("2026-12-10"), day("2026-12-13")), (day("2026-12-20"), day("2026-12-21"))];
    commands::store_open_days(&mut tx, zoe.card.id, &ranges, now()).await.unwrap();
    tx.commit().await.unwrap();
    let on = |text: &str| Search { available_on: Some(day(text)), ..Search::default() };
    assert_eq!(names(&stage, &on("2026-12-12")).await, ["zoe"]);
    assert!(names(&stage, &on("2026-12-13")).await.is_empty());
    let cheap = Search {
        price_min_minor: Some(15_000),
        price_max_minor: Some(25_000),
        currency: Some(Currency::Usd),
        ..Search::default()
    };
    assert_eq!(names(&stage, &cheap).await, ["juno"]);
    assert!(names(&stage, &Search { currency: Some(Currency::Eur), ..cheap }).await.is_empty());
    assert_eq!(names(&stage, &Search { category: Some("chefs".into()), ..Search::default() }).await, ["zoe"]);
    let counts = facets(&stage, &Search::default(), FacetScope::Asked).await;
    assert_eq!((counts.total, pairs(&counts.categories)), (3, vec![("actors", 2), ("chefs", 1)]));
}

#[tokio::test]
async fn other_choices_are_counted_as_if_this_one_were_not_made() {
    let stage = cast().await;
    let chefs = Search { category: Some("chefs".into()), ..Search::default() };
    let asked = facets(&stage, &chefs, FacetScope::Asked).await;
    assert_eq!((asked.total, pairs(&asked.categories)), (1, vec![("chefs", 1)]));
    let others = facets(&stage, &chefs, FacetScope::OtherChoices).await;
    assert_eq!((others.total, pairs(&others.categories)), (1, vec![("actors", 2), ("chefs", 1)]));
    assert_eq!(others.languages, asked.languages, "languages are those of chefs");
    let nobody = Search { language: Some("xx".into()), ..chefs };
    let both = facets(&stage, &nobody, FacetScope::OtherChoices).await;
    assert_eq!((both.total, both.categories, both.languages), (0, Vec::new(), asked.languages));
    // Words that match nobody are corrected before anybody is counted.
    let mistyped = Search { category: Some("chefs".into()), ..text("voicee") };
    let corrected = facets(&stage, &mistyped, FacetScope::OtherChoices).await;
    assert_eq!((corrected.total, pairs(&corrected.categories)), (1, vec![("actors", 2), ("chefs", 1)]));
}

#[tokio::test]
async fn every_order_pages_through_everybody_once() {
    let stage = cast().await;
    let mut connection = stage.test.database.acquire().await.unwrap();
    for sort in [Sort::Rank, Sort::Rating, Sort::PriceAsc, Sort::PriceDesc, Sort::Newest, Sort::Relevance] {
        let asked = Search { text: Some("voice".into()), sort, ..Search::default() };
        let (mut seen, mut page) = (Vec::new(), PageRequest::first(1));
        loop {
            let found = search(&mut connection, &asked, &page).await.unwrap();
            seen.extend(found.items.into_iter().map(|card| card.slug));
            page.cursor = found.next_cursor;
            if page.cursor.is_none() {
                break;
            }
        }
        match sort {
            Sort::PriceAsc => assert_eq!(seen, ["zoe", "juno", "maya"]),
            Sort::PriceDesc => assert_eq!(seen, ["maya", "juno", "zoe"]),
            _ => {
                seen.sort();
                assert_eq!(seen, ["juno", "maya", "zoe"], "{sort:?}");
            }
        }
    }
}

/// 9,000 yen are less than 100 dollars.
#[tokio::test]
async fn prices_are_compared_in_one_currency() {
    let stage = cast().await;
    let mut tx = stage.test.database.begin().await.unwrap();
    let yen = CelebrityDraft { currency: Currency::Jpy, ..stage.draft("kenji", "Kenji Arai", stage.chefs) };
    stage.add(&mut tx, &yen, 9_000).await;
    tx.commit().await.unwrap();
    for sort in [Sort::PriceAsc, Sort::PriceDesc] {
        let mut found = names(&stage, &Search { sort, ..Search::default() }).await;
        found.sort();
        assert_eq!(found, ["juno", "maya", "zoe"], "dollars, unless something else is asked for");
        let yen = Search { sort, currency: Some(Currency::Jpy), ..Search::default() };
        assert_eq!(names(&stage, &yen).await, ["kenji"]);
        assert_eq!(facets(&stage, &yen, FacetScope::Asked).await.total, 1);
    }
    assert_eq!(names(&stage, &Search::default()).await.len(), 4, "other orders leave nobody out");
}

#[tokio::test]
async fn foreign_cursors_are_refused() {
    let stage = cast().await;
    let mut connection = stage.test.database.acquire().await.unwrap();
    let first = search(&mut connection, &Search::default(), &PageRequest::first(1)).await.unwrap();
    let page = PageRequest { limit: 1, cursor: first.next_cursor };
    let other = Search { sort: Sort::Newest, ..Search::default() };
    let refused = search(&mut connection, &other, &page).await;
    assert!(matches!(refused, Err(CatalogError::CursorOfAnotherSort)));
    let page = PageRequest { limit: 1, cursor: Some(Cursor::from_text("bm9uc2Vuc2U")) };
    assert!(matches!(search(&mut connection, &other, &page).await, Err(CatalogError::BadCursor)));
    for key in [i64::MIN, i64::MAX] {
        let forged = serde_json::json!({"sort": "newest", "key": key, "id": uuid::Uuid::nil()});
        let page = PageRequest { limit: 1, cursor: Some(Cursor::encode(&forged)) };
        search(&mut connection, &other, &page).await.unwrap();
    }
}
