//! Turns what the catalog knows into what pages show.

use catalog::{CelebrityCard, Offering, OfferingKind, OfferingMode, Review};
use kernel::{Currency, FeeSchedule, Money};
use overviews::price::PriceTotal;
use site::links;

use crate::kit::format;
use crate::views::{Hue, OfferingView, PosterView, ReviewView};

/// The fees of a day, for prices in any currency.
pub(crate) struct Fees(pub Vec<(Currency, FeeSchedule)>);

impl Fees {
    /// The whole price; none in a currency without fees laid down, in which nothing can be booked.
    pub(crate) fn total(&self, price: Money) -> Option<PriceTotal> {
        let (_, schedule) = self.0.iter().find(|(currency, _)| *currency == price.currency)?;
        Some(PriceTotal::of(price, schedule))
    }

    /// The highest price, in minor units, that comes to no more than `budget` with its fee; below zero when none does.
    /// A budget in a currency without fees stays as it is.
    pub(crate) fn price_within(&self, budget: Money) -> i64 {
        let fits = |minor| {
            let total = self.total(Money::new(minor, budget.currency));
            total.is_none_or(|whole| whole.total.amount_minor <= budget.amount_minor)
        };
        // A higher price never comes to a lower total, so halving finds the border.
        let (mut fitting, mut too_much) = (-1, budget.amount_minor + 1);
        while too_much - fitting > 1 {
            let middle = fitting + (too_much - fitting) / 2;
            if fits(middle) { fitting = middle } else { too_much = middle }
        }
        fitting
    }
}

/// A celebrity as a poster; `from_total` is the least price on offer with its fee.
pub(crate) fn poster(card: &CelebrityCard, from_total: Option<Money>, note: Option<String>) -> PosterView {
    PosterView {
        href: links::celebrity(&card.slug),
        name: card.stage_name.clone(),
        line: line(card, None),
        portrait: card.portrait_url().unwrap_or_default(),
        hue: Hue::from(card.hue),
        rating: (card.rating.count > 0).then(|| format::rating(card.rating.hundredths)),
        price: from_total.map(|total| format!("from {}", format::price(total))),
        verified: card.is_verified,
        note,
    }
}

/// `Comedian · Lisbon`; of several trades the one in the category that is looked at, or else the first.
pub(crate) fn line(card: &CelebrityCard, looked_at: Option<&str>) -> String {
    let category = card.categories.iter().find(|one| Some(one.slug.as_str()) == looked_at);
    let trade = category.or(card.categories.first()).map(|one| singular(&one.name)).unwrap_or_default();
    [trade, card.city.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `Comedian` for `Comedians`: categories are named in the plural, a poster shows one person.
fn singular(name: &str) -> String {
    let one = |word: &str| match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(word).to_owned(),
    };
    name.split(" & ").map(one).collect::<Vec<_>>().join(" & ")
}

/// What pages call a kind of offering.
pub(crate) const fn kind(kind: OfferingKind) -> &'static str {
    match kind {
        OfferingKind::VideoCall => "Video call",
        OfferingKind::Appearance => "Appearance",
        OfferingKind::PersonalVideo => "Personal video",
        OfferingKind::Endorsement => "Endorsement",
    }
}

/// An offering with its whole price.
pub(crate) fn offering(offering: &Offering, service_fee: Money, slug: &str, is_current: bool) -> OfferingView {
    let total = Money::new(offering.price.amount_minor + service_fee.amount_minor, offering.price.currency);
    let takes_time = offering.kind.takes_time();
    OfferingView {
        href: if takes_time { links::book(offering.id) } else { format!("{}/brief", links::book(offering.id)) },
        times_href: takes_time.then(|| format!("{}?offering={}#times", links::celebrity(slug), offering.id)),
        is_current,
        kind: kind(offering.kind),
        title: offering.title.clone(),
        description: offering.description.clone(),
        facts: facts(offering),
        total: total.to_string(),
        makeup: format!("{} + {service_fee} service fee", offering.price),
        policy_name: offering.policy.name.clone(),
        policy: offering.policy.summary(),
        is_instant: offering.mode == OfferingMode::Instant,
    }
}

fn facts(offering: &Offering) -> Vec<String> {
    let length = offering.duration_minutes.map(format::minutes);
    let delivery = offering
        .deliver_within_days
        .map(|days| format!("Delivered within {}", format::counted(days.into(), "day", "days")));
    let lead = (offering.lead_time_minutes > 0 && offering.kind.takes_time())
        .then(|| format!("Book at least {} ahead", format::minutes(offering.lead_time_minutes)));
    [length, delivery, lead].into_iter().flatten().collect()
}

/// A review with where it comes from.
pub(crate) fn review(review: Review) -> ReviewView {
    ReviewView {
        line: format!("{} · {}", kind(review.offering_kind), format::month_name(review.created_at.date_naive())),
        author: review.author_name,
        rating: review.rating,
        body: review.body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_has_the_fee_in_it() {
        let schedule =
            FeeSchedule { service_fee_bps: 500, fee_min_minor: 100, fee_max_minor: 50_000, commission_bps: 1_500 };
        let fees = Fees(vec![(Currency::Usd, schedule)]);
        let within = |minor| fees.price_within(Money::new(minor, Currency::Usd));
        assert_eq!([within(105_000), within(104_999), within(10_000_000)], [100_000, 99_999, 9_950_000]);
        assert_eq!([within(1_000), within(100), within(99)], [900, 0, -1]);
        assert_eq!(fees.price_within(Money::new(5_000, Currency::Eur)), 5_000);
    }

    #[test]
    fn one_person_is_not_a_trade() {
        for (plural, one) in [
            ("Comedians", "Comedian"),
            ("Dance", "Dance"),
            ("Celebrities", "Celebrity"),
            ("Press", "Press"),
            ("Scientists & explorers", "Scientist & explorer"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
