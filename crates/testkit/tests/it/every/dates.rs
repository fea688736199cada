//! Dates that nothing could compute with are refused wherever one comes in: parameters, forms, cursors.

use kernel::Cursor;
use testkit::{TestResponse, TestSite};

/// Around the first and the last that can be represented, and around those that are taken.
const FAR: [&str; 6] = ["-262143-01-01", "+262142-12-31", "+262141-01-01", "0000-01-01", "1999-12-31", "2201-01-01"];

/// Refused or, where a page ignores what it cannot read, left out; in no case broken.
fn is_whole(answer: &TestResponse, what: &str) {
    assert!(answer.status < 500, "{what}: {} {}", answer.status, answer.text());
}

#[tokio::test]
async fn no_call_breaks_on_a_date_from_far_away() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (slug, offering) = (&cast.star.slug, cast.star.call.id);
    for day in FAR {
        let asked = format!("/api/celebrities/{slug}/availability?offering_id={offering}");
        let encoded = day.replace('+', "%2B");
        for path in [
            format!("{asked}&from={encoded}&to=2026-12-02"),
            format!("{asked}&from=2026-12-02&to={encoded}"),
            format!("/api/celebrities?available_on={encoded}"),
        ] {
            let answer = cast.anonymous.get(&path).await;
            assert_eq!((answer.status, answer.code()), (400, "invalid_query".to_owned()), "{path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn no_page_breaks_on_a_date_from_far_away() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    let (slug, offering) = (&cast.star.slug, cast.star.call.id);
    for day in FAR {
        let encoded = day.replace('+', "%2B");
        let month = encoded.rsplit_once('-').expect("a day").0;
        for path in [
            format!("/book/{offering}/brief?starts_at={encoded}T23:59:59Z"),
            format!("/book/{offering}/review?starts_at={encoded}T00:00:00Z"),
        ] {
            assert_eq!(cast.customer.get(&path).await.status, 400, "{path}");
        }
        for path in [
            format!("/book/{offering}?month={month}"),
            format!("/book/{offering}?day={encoded}"),
            format!("/book/{offering}?local={encoded}T20:00"),
            format!("/celebrities/{slug}?month={month}"),
            format!("/celebrities/{slug}?day={encoded}"),
            format!("/discover?available_on={encoded}"),
        ] {
            is_whole(&cast.customer.get(&path).await, &path);
        }
    }
}

#[tokio::test]
async fn a_cursor_from_far_away_is_not_one_of_ours() {
    let site = TestSite::new().await;
    let cast = &site.cast;
    for day in FAR {
        let key = (format!("{day}T23:59:59Z"), "019ac0de-5a1e-7000-8000-000000000000");
        let cursor = Cursor::encode(&key);
        for path in ["/api/bookings".to_owned(), format!("/api/celebrities/{}/reviews", cast.star.slug)] {
            let answer = cast.customer.get(&format!("{path}?cursor={}", cursor.as_str())).await;
            assert_eq!(
                (answer.status, answer.code()),
                (422, "bad_cursor".to_owned()),
                "{day} {path}: {}",
                answer.text()
            );
        }
        for path in ["/bookings?cursor".to_owned(), format!("/celebrities/{}?reviews", cast.star.slug)] {
            is_whole(&cast.customer.get(&format!("{path}={}", cursor.as_str())).await, &path);
        }
    }
}
