//! Booking over pages: from a time to the checkout.

use kernel::Instant;
use testkit::{TestBrowser, TestResponse, TestStar};

pub const BRIEF: &str = "A quiet evening with friends.";

/// The query that carries a time from step to step.
pub fn picked(starts_at: Instant) -> String {
    format!("?starts_at={}", starts_at.format("%Y-%m-%dT%H:%M:%SZ"))
}

/// Writes the brief; answers where it leads.
pub async fn write_brief(browser: &TestBrowser, star: &TestStar, starts_at: Instant, brief: &str) -> TestResponse {
    let path = format!("/book/{}/brief{}", star.call.id, picked(starts_at));
    browser.submit(&path, &path, &[("brief", brief)]).await
}

/// Everything once more, as it is shown before the time is held.
pub async fn review(browser: &TestBrowser, star: &TestStar, starts_at: Instant) -> TestResponse {
    let led = write_brief(browser, star, starts_at, BRIEF).await;
    browser.get(&led.header("location")).await
}

/// Sends the review as it stands.
pub async fn place(browser: &TestBrowser, star: &TestStar, review: &TestResponse) -> TestResponse {
    let (csrf, attempt, starts_at) = (review.csrf(), review.typed("attempt"), review.typed("starts_at"));
    let fields = [("attempt", attempt.as_str()), ("starts_at", &starts_at), ("brief", BRIEF)];
    browser.post(&format!("/book/{}", star.call.id), &csrf, &fields).await
}
