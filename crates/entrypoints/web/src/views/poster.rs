//! A celebrity as a poster with its caption.

use catalog::CelebrityCard;
use kernel::Money;
use serde::Serialize;
use site::links;

use super::hue::Hue;
use crate::kit::format;

/// A celebrity as a poster with its caption.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PosterView {
    pub href: String,
    pub name: String,
    /// `Actor · Lisbon`.
    pub line: String,
    pub portrait: String,
    pub hue: Hue,
    /// `4.9`; none before the first review.
    pub rating: Option<String>,
    /// `from $480`, fees included; none when nothing is on offer.
    pub price: Option<String>,
    pub verified: bool,
    /// Why this one is here: `Free Sat 12 Dec`.
    pub note: Option<String>,
}

/// A celebrity as a poster; `from_total` is the least price on offer with its fee.
pub(crate) fn poster(card: &CelebrityCard, from_total: Option<Money>, note: Option<String>) -> PosterView {
    PosterView {
        href: links::celebrity(&card.slug),
        name: card.stage_name.clone(),
        line: line(card, None),
        portrait: card.portrait_id.map(links::portrait).unwrap_or_default(),
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
    [trade, card.city.clone()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\u{a0}· ")
}

/// `Comedian` for `Comedians`: categories are named in the plural, a poster shows one person.
fn singular(name: &str) -> String {
    let one = |word: &str| match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').filter(|stem| !stem.ends_with('s')).unwrap_or(word).to_owned(),
    };
    name.split(" & ").map(one).collect::<Vec<_>>().join(" & ")
}

#[cfg(test)]
mod tests {
    use super::*;

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
