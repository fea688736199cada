//! Rows of the catalog: categories, agencies, portraits, profiles, offerings, hours and reviews.

use catalog::bulk::{
    AgencyRow, CategoryRow, CelebrityCategoryRow, CelebrityRow, DayExceptionRow, OfferingRow, OpenDaysRow, PortraitRow,
    ReviewRow, WeeklyHoursRow,
};
use chrono::TimeDelta;
use kernel::{Instant, OfferingKind};
use uuid::Uuid;

use super::people;
use crate::case::Case;
use crate::dice::{Dice, id};
use crate::generate::World;
use crate::generate::stars::{DEMO_STAR, Star};
use crate::portraits::Portraits;
use crate::words::reviews::{CALL_HAPPY, CONTENT, EVENING_HAPPY, LUKEWARM, UNHAPPY, VIDEO_HAPPY};
use crate::words::trades::TRADES;

/// The fourteen categories.
pub fn categories(world: &World) -> impl Iterator<Item = CategoryRow> {
    TRADES.iter().enumerate().map(|(index, trade)| CategoryRow {
        id: category_id(world, index),
        slug: trade.slug.into(),
        name: trade.name.into(),
        tagline: trade.tagline.into(),
        position: index as i32,
    })
}

/// The agencies.
pub fn agencies(world: &World) -> impl Iterator<Item = AgencyRow> {
    world.crowd.agencies.iter().map(|agency| AgencyRow {
        id: agency.id,
        slug: agency.slug.clone().into(),
        name: agency.name.clone().into(),
        city: agency.city.into(),
        created_at: agency.founded,
    })
}

/// One portrait for each drawing; if there are more celebrities than drawings, they share them.
pub fn portraits<'world>(
    world: &'world World,
    portraits: &'world Portraits,
) -> impl Iterator<Item = PortraitRow> + 'world {
    world.stars.iter().take(portraits.count()).map(|star| PortraitRow {
        id: portrait_id(world, star),
        content_type: "image/svg+xml".into(),
        bytes: portraits.poster(star.portrait, star.hue).into_bytes(),
        created_at: opened(world),
    })
}

/// The profiles. What derives from other rows is filled in afterwards.
pub fn celebrities(world: &World) -> impl Iterator<Item = CelebrityRow> {
    world.stars.iter().enumerate().map(|(index, star)| CelebrityRow {
        id: star.id,
        person_id: (index == DEMO_STAR).then(|| people::demo_celebrity(world).id),
        agency_id: star.agency.map(|agency| world.crowd.agencies[agency].id),
        slug: star.slug.clone().into(),
        stage_name: star.name.clone().into(),
        headline: star.headline.into(),
        bio: star.bio.clone().into(),
        languages: star.languages.iter().map(|language| (*language).into()).collect(),
        city: star.place.city.into(),
        country: star.place.country.into(),
        time_zone: star.place.zone.name().into(),
        portrait_id: Some(portrait_id(world, star)),
        hue: star.hue as i16,
        verified_at: star.is_verified.then(|| star.joined + TimeDelta::hours(30)),
        status: "published".into(),
        currency: star.place.currency.code().into(),
        created_at: star.joined,
        updated_at: star.joined,
    })
}

/// The categories of profiles.
pub fn celebrity_categories(world: &World) -> impl Iterator<Item = CelebrityCategoryRow> {
    world.stars.iter().flat_map(move |star| {
        star.trades.iter().enumerate().map(move |(position, trade)| CelebrityCategoryRow {
            celebrity_id: star.id,
            category_id: category_id(world, *trade),
            position: position as i16,
        })
    })
}

/// The offerings.
pub fn offerings(world: &World) -> impl Iterator<Item = OfferingRow> {
    world.stars.iter().flat_map(|star| {
        star.offers.iter().enumerate().map(move |(position, offer)| OfferingRow {
            id: offer.id,
            celebrity_id: star.id,
            kind: offer.kind.as_str().into(),
            mode: offer.mode.as_str().into(),
            title: offer.title.into(),
            description: offer.description.into(),
            price_minor: offer.price_minor,
            currency: star.place.currency.code().into(),
            duration_minutes: offer.is_timed().then_some(offer.duration_minutes),
            buffer_before_minutes: offer.buffer_minutes,
            buffer_after_minutes: offer.buffer_minutes,
            step_minutes: offer.step_minutes,
            lead_time_minutes: offer.lead_minutes,
            horizon_days: 180,
            deliver_within_days: offer.deliver_within_days,
            policy_key: offer.policy_key.into(),
            is_active: true,
            position: position as i16,
            created_at: star.joined,
            updated_at: star.joined,
        })
    })
}

/// The weekly hours.
pub fn weekly_hours(world: &World) -> impl Iterator<Item = WeeklyHoursRow> {
    world.stars.iter().enumerate().flat_map(move |(index, star)| {
        star.hours.week.iter().enumerate().filter_map(move |(day, open)| {
            let (opens_minute, closes_minute) = (*open)?;
            let id = id(world.seed, "hours", (index * 7 + day) as u64, star.joined);
            Some(WeeklyHoursRow { id, celebrity_id: star.id, weekday: day as i16 + 1, opens_minute, closes_minute })
        })
    })
}

/// The days that differ from the weekly hours.
pub fn day_exceptions(world: &World) -> impl Iterator<Item = DayExceptionRow> {
    world.stars.iter().flat_map(|star| {
        star.hours.exceptions.iter().map(|exception| DayExceptionRow {
            celebrity_id: star.id,
            day: exception.day,
            open_ranges: exception
                .open
                .map_or_else(|| "[]".into(), |(opens, closes)| format!("[[{opens}, {closes}]]").into()),
            note: exception.note.into(),
        })
    })
}

/// The days that can still be booked.
pub fn open_days(world: &World) -> impl Iterator<Item = OpenDaysRow> {
    world.stars.iter().map(|star| OpenDaysRow {
        celebrity_id: star.id,
        days: star.open_days.clone(),
        computed_at: world.now,
    })
}

/// The reviews.
pub fn reviews(world: &World) -> impl Iterator<Item = ReviewRow> {
    Case::all(world).filter_map(|case| {
        let (rating, written) = case.deal.review?;
        let mut dice = Dice::new(world.seed, "review", case.index);
        let author = &world.crowd.customers[case.deal.customer as usize];
        Some(ReviewRow {
            id: case.id("review", written),
            booking_id: case.booking_id(),
            celebrity_id: case.star.id,
            author_id: author.id,
            author_name: public_name(&author.name).into(),
            rating,
            body: body(&mut dice, case.offer.kind, rating).into(),
            offering_kind: case.offer.kind.as_str().into(),
            created_at: written,
        })
    })
}

/// The first name and an initial, so that reviewers cannot be identified.
fn public_name(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, family)) => format!("{first} {}.", family.chars().next().unwrap_or('X')),
        None => name.to_owned(),
    }
}

fn body(dice: &mut Dice, kind: OfferingKind, rating: i16) -> &'static str {
    // Some reviews have no text.
    if dice.permille(180) {
        return "";
    }
    match (rating, kind) {
        (5, OfferingKind::VideoCall) => dice.pick(&CALL_HAPPY),
        (5, OfferingKind::Appearance | OfferingKind::Endorsement) => dice.pick(&EVENING_HAPPY),
        (5, OfferingKind::PersonalVideo) => dice.pick(&VIDEO_HAPPY),
        (4, _) => dice.pick(&CONTENT),
        (3, _) => dice.pick(&LUKEWARM),
        _ => dice.pick(&UNHAPPY),
    }
}

fn category_id(world: &World, index: usize) -> Uuid {
    id(world.seed, "category", index as u64, opened(world))
}

fn portrait_id(world: &World, star: &Star) -> Uuid {
    id(world.seed, "portrait", star.portrait as u64, opened(world))
}

/// The day the platform opened.
fn opened(world: &World) -> Instant {
    world.now - TimeDelta::days(735)
}
