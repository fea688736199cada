//! The bookings of two years: who booked whom, for when, and with what outcome.

use bookings::Status;
use chrono::{Days, TimeDelta};
use kernel::{Instant, OfferingKind};

use super::calendar::{self, BookedTime, Calendar};
use super::course::{Course, keeps_time, run};
use super::crowd::Crowd;
use super::deal::Deal;
use super::offers::Offer;
use super::seasons::{self, Seasons};
use super::staged;
use super::stars::{self, Star};
use crate::Size;
use crate::dice::Dice;

/// The most bookings of one celebrity in two years.
const DEALS_PER_STAR_MAX: f64 = 1_500.0;

/// Generates all deals, sorted by when they were placed. Also sets the celebrities' open days.
pub fn strike(size: Size, seed: u64, now: Instant, crowd: &Crowd, stars: &mut [Star]) -> Vec<Deal> {
    let seasons = Seasons::until(now);
    let counts = counts(stars.len(), size.deals());
    let mut staged = staged::scenes(seed, now, stars, crowd.customers.len());
    let mut deals = Vec::with_capacity(size.deals() + staged.len());
    for (index, star) in stars.iter_mut().enumerate() {
        let mut calendar = Calendar::of(&star.hours, star.place.zone);
        for deal in staged.iter_mut().filter(|deal| deal.star as usize == index) {
            keep_time(&mut calendar, &star.offers[deal.offer as usize], deal);
            deals.push(deal.clone());
        }
        let mut dice = Dice::new(seed, "deals", index as u64);
        for _ in 0..counts[index] {
            if let Some(mut deal) = strike_one(&mut dice, &seasons, now, index, star, &calendar) {
                deal.customer = customer(&mut dice, crowd, deal.course.placed);
                keep_time(&mut calendar, &star.offers[deal.offer as usize], &deal);
                deals.push(deal);
            }
        }
        star.open_days = calendar::open_days(&star.hours, &calendar, star.place.zone, &star.offers, now);
    }
    deals.sort_by_key(|deal| (deal.course.placed, deal.star));
    deals
}

/// The number of deals of each celebrity: in proportion to fame, up to what a calendar can hold.
fn counts(stars: usize, deals: usize) -> Vec<usize> {
    let fames: Vec<f64> = (0..stars).map(stars::fame).collect();
    let mut scale = deals as f64 / fames.iter().sum::<f64>();
    let expected = |scale: f64| fames.iter().map(|fame| (fame * scale).min(DEALS_PER_STAR_MAX)).sum::<f64>();
    while expected(scale) < deals as f64 * 0.999 {
        scale *= 1.01;
    }
    fames.iter().map(|fame| (fame * scale).min(DEALS_PER_STAR_MAX).round() as usize).collect()
}

fn strike_one(
    dice: &mut Dice,
    seasons: &Seasons,
    now: Instant,
    index: usize,
    star: &Star,
    calendar: &Calendar,
) -> Option<Deal> {
    let placed = seasons.placing(dice, star.joined + TimeDelta::hours(6));
    // If the calendar is full on every day they tried, the customer books something that takes no time.
    let chosen = choose(dice, &star.offers, |_| true)?;
    let (offer_index, slot) = match find_slot(dice, star, calendar, &star.offers[chosen], placed) {
        Ok(slot) => (chosen, slot),
        Err(NoTime) => (choose(dice, &star.offers, |offer| !offer.is_timed())?, None),
    };
    let offer = &star.offers[offer_index];
    let course = run(dice, offer, slot.as_ref(), star.answer_minutes, placed, now);
    let review = review(dice, star, &course, now);
    Some(Deal { star: index as u32, offer: offer_index as u8, customer: 0, slot, course, review })
}

fn choose(dice: &mut Dice, offers: &[Offer], allowed: impl Fn(&Offer) -> bool) -> Option<usize> {
    let weight = |offer: &Offer| match offer.kind {
        _ if !allowed(offer) => 0,
        OfferingKind::VideoCall => 46,
        OfferingKind::Appearance => 24,
        OfferingKind::PersonalVideo => 34,
        OfferingKind::Endorsement => 2,
    };
    let weights: Vec<u32> = offers.iter().map(weight).collect();
    weights.iter().any(|weight| *weight > 0).then(|| dice.weighted(&weights))
}

/// Every day that was tried is full.
struct NoTime;

fn find_slot(
    dice: &mut Dice,
    star: &Star,
    calendar: &Calendar,
    offer: &Offer,
    placed: Instant,
) -> Result<Option<BookedTime>, NoTime> {
    if !offer.is_timed() {
        return Ok(None);
    }
    let earliest = placed + TimeDelta::minutes(i64::from(offer.lead_minutes));
    let first_day = earliest.with_timezone(&star.place.zone).date_naive();
    let mean = if offer.kind == OfferingKind::Appearance { 38.0 } else { 11.0 };
    for _ in 0..24 {
        let ahead = seasons::lead_days(dice, mean).min(160);
        let day = first_day + Days::new(ahead.unsigned_abs());
        if !dice.permille(seasons::event_permille(day)) {
            continue;
        }
        if let Some(slot) = calendar.slot(dice, &star.hours, star.place.zone, offer, day, earliest) {
            return Ok(Some(slot));
        }
    }
    Err(NoTime)
}

fn keep_time(calendar: &mut Calendar, offer: &Offer, deal: &Deal) {
    if let Some(slot) = deal.slot.filter(|_| keeps_time(deal.course.status)) {
        let buffer = TimeDelta::minutes(i64::from(offer.buffer_minutes));
        calendar.take(slot.starts - buffer, slot.ends + buffer);
    }
}

/// A customer who had joined by `placed`. A few book often, most once or twice; the demo customer is never drawn.
fn customer(dice: &mut Dice, crowd: &Crowd, placed: Instant) -> u32 {
    let others = crowd.customers.len() - 1;
    let draw = |dice: &mut Dice| 1 + (others as f64 * dice.fraction().powf(1.5)) as usize;
    let mut drawn = draw(dice);
    for _ in 0..12 {
        if crowd.customers[drawn].joined <= placed {
            break;
        }
        drawn = draw(dice);
    }
    drawn as u32
}

/// A review, if any: most are very happy, some unhappy, few in between.
fn review(dice: &mut Dice, star: &Star, course: &Course, now: Instant) -> Option<(i16, Instant)> {
    let completed = course.completed.filter(|_| course.status == Status::Completed)?;
    let written = completed + TimeDelta::minutes(dice.between(40, 12_000));
    if written > now || !dice.permille(715) {
        return None;
    }
    let unhappy = (205 - star.charm_permille).clamp(40, 400);
    if !dice.permille(unhappy) {
        return Some((5, written));
    }
    let rating = [4, 3, 2, 1][dice.weighted(&[56, 22, 9, 13])];
    Some((rating, written))
}
