//! Twelve home cities in nine time zones.

use chrono_tz::Tz;
use kernel::Currency;

/// A city that people live in.
#[derive(Debug)]
pub struct HomeCity {
    pub city: &'static str,
    /// ISO 3166 code.
    pub country: &'static str,
    pub zone: Tz,
    /// The currency of celebrities there.
    pub currency: Currency,
    /// Languages besides English, most common first (BCP 47).
    pub languages: &'static [&'static str],
    /// The percentage of people who live here.
    pub share: u32,
}

pub const PLACES: [HomeCity; 12] = [
    place("New York", "US", Tz::America__New_York, Currency::Usd, &["es"], 18),
    place("Los Angeles", "US", Tz::America__Los_Angeles, Currency::Usd, &["es"], 18),
    place("Chicago", "US", Tz::America__Chicago, Currency::Usd, &["es"], 9),
    place("Nashville", "US", Tz::America__Chicago, Currency::Usd, &[], 6),
    place("Atlanta", "US", Tz::America__New_York, Currency::Usd, &["fr"], 6),
    place("London", "GB", Tz::Europe__London, Currency::Gbp, &["fr"], 11),
    place("Berlin", "DE", Tz::Europe__Berlin, Currency::Eur, &["de"], 8),
    place("Paris", "FR", Tz::Europe__Paris, Currency::Eur, &["fr"], 7),
    place("Lagos", "NG", Tz::Africa__Lagos, Currency::Usd, &["fr"], 5),
    place("Mumbai", "IN", Tz::Asia__Kolkata, Currency::Usd, &["hi"], 5),
    place("Tokyo", "JP", Tz::Asia__Tokyo, Currency::Usd, &["ja"], 4),
    place("Sydney", "AU", Tz::Australia__Sydney, Currency::Usd, &[], 3),
];

const fn place(
    city: &'static str,
    country: &'static str,
    zone: Tz,
    currency: Currency,
    languages: &'static [&'static str],
    share: u32,
) -> HomeCity {
    HomeCity { city, country, zone, currency, languages, share }
}
