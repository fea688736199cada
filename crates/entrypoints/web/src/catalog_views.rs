//! Turns what the catalog knows into what pages show.

use catalog::{CelebrityCard, Offering, OfferingKind, OfferingMode, Review};
use kernel::{Currency, FeeSchedule, Money};
use overviews::price::PriceTotal;

use crate::views::{Hue, OfferingView, PosterView, ReviewView};
use crate::{format, links};

/// The fees of a day, for prices in any currency.
pub(crate) struct Fees(pub Vec<(Currency, FeeSchedule)>);

impl Fees {
    /// The whole price; none in a currency without fees laid down, in which nothing can be booked.
    pub(crate) fn total(&self, price: Money) -> Option<PriceTotal> {
        let (_, schedule) = self.0.iter().find(|(currency, _)| *currency == price.currency)?;
        Some(PriceTotal::of(price, schedule))
    }
}

/// A celebrity as a poster; `from_total` is the least price on offer with its fee.
pub(crate) fn poster(card: &CelebrityCard, from_total: Option<Money>, note: Option<String>) -> PosterView {
    let trade = card.categories.first().map(|category| singular(&category.name)).unwrap_or_default();
    PosterView {
        href: links::celebrity(&card.slug),
        name: card.stage_name.clone(),
        line: [trade, card.city.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        portrait: card.portrait_url().unwrap_or_default(),
        hue: Hue::from(card.hue),
        rating: (card.rating.count > 0).then(|| format::rating(card.rating.hundredths)),
        price: from_total.map(|total| format!("from {}", format::price(total))),
        verified: card.is_verified,
        note,
    }
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
    use super::singular;

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
