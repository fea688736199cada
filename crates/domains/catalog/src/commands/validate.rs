//! Checks of profiles, offerings, hours and reviews. Pure.

use calendar::{OpenRange, WeeklyHours};
use chrono_tz::Tz;
use kernel::{FieldFault, OfferingKind};

use crate::drafts::{CelebrityDraft, NewReview, OfferingDraft};
use crate::error::CatalogError;

/// Collects the faults of fields.
#[derive(Default)]
struct Faults(Vec<FieldFault>);

impl Faults {
    fn check(&mut self, holds: bool, field: &str, code: &str, message: &str) {
        if !holds {
            self.0.push(FieldFault::new(field, code, message));
        }
    }

    fn text(&mut self, text: &str, field: &str, (least, most): (usize, usize)) {
        let length = text.trim().chars().count();
        self.check(length >= least, field, "too_short", "This needs to be filled in.");
        self.check(length <= most, field, "too_long", &format!("At most {most} characters, please."));
    }

    fn done(self) -> Result<(), CatalogError> {
        if self.0.is_empty() { Ok(()) } else { Err(CatalogError::Fields(self.0)) }
    }
}

pub(super) fn celebrity(draft: &CelebrityDraft) -> Result<(), CatalogError> {
    let mut faults = Faults::default();
    let slug_fits = !draft.slug.is_empty()
        && draft.slug.len() <= 80
        && draft.slug.split('-').all(|part| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
    faults.check(slug_fits, "slug", "invalid", "Use lower-case letters, digits and single hyphens.");
    faults.text(&draft.stage_name, "stage_name", (1, 80));
    faults.text(&draft.headline, "headline", (0, 160));
    faults.text(&draft.bio, "bio", (0, 5_000));
    faults.text(&draft.city, "city", (1, 80));
    let is_code = |text: &str, upper: bool| {
        text.len() == 2
            && text.bytes().all(|byte| if upper { byte.is_ascii_uppercase() } else { byte.is_ascii_lowercase() })
    };
    faults.check(is_code(&draft.country, true), "country", "invalid", "Use a two-letter country code such as PT.");
    let languages_fit = draft.languages.len() <= 12 && draft.languages.iter().all(|code| is_code(code, false));
    faults.check(languages_fit, "languages", "invalid", "Use up to 12 two-letter language codes such as pt.");
    let zone_fits = draft.time_zone.parse::<Tz>().is_ok();
    faults.check(zone_fits, "time_zone", "unknown", "Use an IANA time zone such as Europe/Lisbon.");
    faults.check((0..360).contains(&draft.hue), "hue", "out_of_range", "A hue is 0 to 359 degrees.");
    faults.check(draft.categories.len() <= 5, "categories", "too_many", "Choose up to five categories.");
    faults.done()
}

pub(super) fn offering(draft: &OfferingDraft) -> Result<(), CatalogError> {
    let mut faults = Faults::default();
    faults.text(&draft.title, "title", (1, 120));
    faults.text(&draft.description, "description", (0, 2_000));
    let price_fits = (1..=10_000_000_000).contains(&draft.price.amount_minor);
    faults.check(price_fits, "price", "out_of_range", "The price must be above zero.");
    let duration_fits = match draft.duration_minutes {
        Some(minutes) => draft.kind.takes_time() && (5..=1_440).contains(&minutes),
        None => !draft.kind.takes_time(),
    };
    faults.check(
        duration_fits,
        "duration_minutes",
        "invalid",
        "Calls and appearances take 5 to 1440 minutes; nothing else takes time.",
    );
    let buffers_fit =
        [draft.buffer_before_minutes, draft.buffer_after_minutes].iter().all(|minutes| (0..=1_440).contains(minutes));
    faults.check(buffers_fit, "buffer_before_minutes", "out_of_range", "Buffers are up to 1440 minutes.");
    let step_fits = [5, 10, 15, 20, 30, 60].contains(&draft.step_minutes);
    faults.check(step_fits, "step_minutes", "invalid", "Times may be 5, 10, 15, 20, 30 or 60 minutes apart.");
    let lead_fits = (0..=525_600).contains(&draft.lead_time_minutes);
    faults.check(lead_fits, "lead_time_minutes", "out_of_range", "Notice is up to a year.");
    faults.check((1..=730).contains(&draft.horizon_days), "horizon_days", "out_of_range", "Between 1 and 730 days.");
    let delivery_fits = match draft.deliver_within_days {
        Some(days) => draft.kind == OfferingKind::PersonalVideo && (1..=60).contains(&days),
        None => draft.kind != OfferingKind::PersonalVideo,
    };
    faults.check(delivery_fits, "deliver_within_days", "invalid", "A personal video is delivered within 1 to 60 days.");
    faults.done()
}

pub(super) fn weekly_hours(hours: &[WeeklyHours]) -> Result<(), CatalogError> {
    let mut faults = Faults::default();
    faults.check(hours.len() <= 70, "weekly_hours", "too_many", "At most ten ranges a day.");
    let weekdays_fit = hours.iter().all(|hours| (1..=7).contains(&hours.weekday));
    faults.check(weekdays_fit, "weekly_hours", "invalid", "Weekdays are 1 (Monday) to 7 (Sunday).");
    faults.done()?;
    hours.iter().try_for_each(|hours| ranges(&[hours.range]))
}

pub(super) fn ranges(ranges: &[OpenRange]) -> Result<(), CatalogError> {
    let mut faults = Faults::default();
    let fit = ranges.iter().all(|range| range.opens_minute < range.closes_minute && range.closes_minute <= 1_440);
    faults.check(fit, "ranges", "invalid", "Hours must end after they begin, by midnight at the latest.");
    faults.check(ranges.len() <= 10, "ranges", "too_many", "At most ten ranges a day.");
    faults.done()
}

pub(super) fn review(review: &NewReview) -> Result<(), CatalogError> {
    let mut faults = Faults::default();
    faults.check((1..=5).contains(&review.rating), "rating", "out_of_range", "Give one to five stars.");
    faults.text(&review.body, "body", (0, 4_000));
    faults.done()
}
