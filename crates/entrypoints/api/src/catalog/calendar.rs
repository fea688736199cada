//! `GET /api/celebrities/{celebrity}/calendar.ics`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use calendar::{IcsDocument, public_event_id};
use chrono::Days;
use entry::{Answer, Path, Site};
use http::header;
use kernel::{CelebrityId, Instant};
use overviews::availability::PublicCalendar;

use crate::input;

/// How far the feed looks ahead.
const DAYS_AHEAD: u64 = 90;

/// Open and taken time as a calendar feed (RFC 5545), without who or why.
#[utoipa::path(get, path = "/api/celebrities/{celebrity}/calendar.ics", operation_id = "get_celebrity_calendar", tag = "catalog",
    params(("celebrity" = String, Path, description = "Slug or id")),
    responses((status = 200, description = "The feed", body = String, content_type = "text/calendar")))]
pub(super) async fn handle(State(site): State<Site>, Path(name): Path<String>) -> Answer<Response> {
    let now = site.clock.now();
    let today = now.date_naive();
    let mut connection = site.database.acquire().await?;
    let celebrity = ::catalog::queries::celebrity(&mut connection, &input::name(name)?).await?.card;
    let to = today + Days::new(DAYS_AHEAD);
    let calendar = overviews::availability::public_calendar(&mut connection, celebrity.id, today, to, now).await?;
    let feed = feed(celebrity.id, &celebrity.stage_name, &calendar, now);
    let headers =
        [(header::CONTENT_TYPE, "text/calendar; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=300")];
    Ok((headers, feed).into_response())
}

/// The feed; times are UTC, so it needs no zone definitions.
fn feed(id: CelebrityId, stage_name: &str, calendar: &PublicCalendar, now: Instant) -> String {
    let mut feed = IcsDocument::new("Availability", "PUBLISH");
    feed.text("X-WR-CALNAME", &format!("{stage_name}: availability"));
    feed.line("X-WR-TIMEZONE", calendar.zone.name());
    let kinds = [("open", "Open", "TRANSPARENT", &calendar.open), ("taken", "Taken", "OPAQUE", &calendar.taken)];
    for (kind, summary, transparency, spans) in kinds {
        for span in spans {
            feed.line("BEGIN", "VEVENT");
            feed.line("UID", &public_event_id(kind, span.starts_at, id));
            feed.instant("DTSTAMP", now);
            feed.instant("DTSTART", span.starts_at);
            feed.instant("DTEND", span.ends_at);
            feed.line("SUMMARY", summary);
            feed.line("TRANSP", transparency);
            feed.line("END", "VEVENT");
        }
    }
    feed.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_folded_escaped_and_stable() {
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let span = overviews::Span::new(at("2026-12-12T10:00:00Z"), at("2026-12-12T12:00:00Z"));
        let calendar = PublicCalendar { zone: chrono_tz::Europe::Lisbon, open: vec![span], taken: vec![span] };
        let id = CelebrityId(uuid::Uuid::nil());
        let text = feed(id, "A; B, C", &calendar, at("2026-12-01T00:00:00Z"));
        assert!(text.contains("X-WR-CALNAME:A\\; B\\, C: availability\r\n"));
        assert!(
            text.contains("DTSTART:20261212T100000Z\r\nDTEND:20261212T120000Z\r\nSUMMARY:Taken\r\nTRANSP:OPAQUE\r\n")
        );
        assert!(text.split("\r\n").all(|line| line.len() <= 75));
        assert_eq!(text.matches("UID:").count(), 2);
        assert_eq!(text, feed(id, "A; B, C", &calendar, at("2026-12-01T00:00:00Z")));
    }
}
