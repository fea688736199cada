//! Slots that can be booked, read from the server's API.

use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Clock as _, SystemClock};
use serde_json::{Value, json};

use crate::client::Client;

/// Published celebrities' ids.
pub async fn celebrities(client: &Client) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    let mut path = "/api/celebrities?limit=100".to_owned();
    loop {
        let page = client.get(&path).await?;
        let items = page["items"].as_array().context("a list has items")?;
        ids.extend(items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)));
        let Some(next) = page["next_cursor"].as_str() else { return Ok(ids) };
        path = format!("/api/celebrities?limit=100&cursor={next}");
    }
}

/// From this day on a cancellation is free of charge by most policies.
pub const FAR_AHEAD: i64 = 15;

/// The least distance between two bookings of one celebrity; a few a day are enough for any machine.
const GAP: TimeDelta = TimeDelta::hours(5);

/// Bodies for one celebrity's first instant offering that takes time, far enough apart that their buffers do not overlap. The
/// first is so many days ahead.
pub async fn bookings(client: &Client, celebrity: &str, from_day: i64) -> anyhow::Result<Vec<Value>> {
    bookings_of(client, celebrity, from_day, |_| true).await
}

/// The same, where the offering is one that is wanted.
async fn bookings_of(
    client: &Client,
    celebrity: &str,
    from_day: i64,
    is_wanted: impl Fn(&Value) -> bool,
) -> anyhow::Result<Vec<Value>> {
    let offerings = client.get(&format!("/api/celebrities/{celebrity}/offerings")).await?;
    let instant = |offering: &&Value| offering["mode"] == "instant" && offering["duration_minutes"].is_u64();
    let offerings = offerings["items"].as_array().context("a list has items")?;
    let Some(offering) = offerings.iter().find(instant).filter(|offering| is_wanted(offering)) else {
        return Ok(Vec::new());
    };
    let minutes = |name: &str| offering[name].as_i64().with_context(|| format!("an offering has {name}"));
    let taken = minutes("duration_minutes")? + minutes("buffer_before_minutes")? + minutes("buffer_after_minutes")?;
    let gap = GAP.max(TimeDelta::minutes(taken));
    let horizon = offering["horizon_days"].as_i64().unwrap_or(60);
    let mut bodies = Vec::new();
    let mut last: Option<DateTime<Utc>> = None;
    // The API returns at most two months at a time.
    for from in (from_day..horizon.min(180)).step_by(60) {
        let (from, to) = (day(from), day((from + 59).min(horizon)));
        let id = offering["id"].as_str().context("an offering has an id")?;
        let path = format!("/api/celebrities/{celebrity}/availability?offering_id={id}&from={from}&to={to}");
        let answer = client.get(&path).await?;
        for slot in answer["slots"].as_array().context("availability has slots")? {
            let starts_at = slot["starts_at"].as_str().context("a slot has a start")?;
            let at: DateTime<Utc> = starts_at.parse()?;
            if last.is_none_or(|last| at - last >= gap) {
                bodies.push(json!({
                    "offering_id": id,
                    "starts_at": starts_at,
                    "time_zone": "Europe/Berlin",
                    "brief": "A measured evening with songs, for the whole family.",
                }));
                last = Some(at);
            }
        }
    }
    Ok(bodies)
}

/// All bodies of bookings that cost dollars and do not overlap.
pub async fn in_dollars(client: &Client) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    for celebrity in celebrities(client).await? {
        let costs_dollars = |offering: &Value| offering["price"]["currency"] == "USD";
        found.extend(bookings_of(client, &celebrity, FAR_AHEAD, costs_dollars).await?);
    }
    Ok(found)
}

/// At least `wanted` bodies of bookings that do not overlap, of any celebrities.
pub async fn some(client: &Client, wanted: usize) -> anyhow::Result<Vec<Value>> {
    let mut found = Vec::new();
    for celebrity in celebrities(client).await? {
        found.extend(bookings(client, &celebrity, FAR_AHEAD).await?);
        if found.len() >= wanted {
            return Ok(found);
        }
    }
    anyhow::bail!("only {} times can be booked, but {wanted} are needed", found.len())
}

fn day(days: i64) -> String {
    (SystemClock.now() + TimeDelta::days(days)).format("%F").to_string()
}
