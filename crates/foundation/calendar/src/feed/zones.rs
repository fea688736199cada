//! Time zones by the names that calendar programs give them.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::NaiveDateTime;
use chrono_tz::{TZ_VARIANTS, Tz};
use kernel::Instant;

use super::zone_changes::ZoneChanges;
use crate::local::{LocalFault, first_instant_from, resolve_local};

/// The names of Windows and the zones they mean: CLDR's table, for the whole world, and the names that Outlook shows.
const WINDOWS_ZONES: &str = include_str!("windows_zones.csv");
/// Longer names are unknown.
const NAME_MAX: usize = 200;

/// The most parts of a name, with those of its prefix, that are tried.
const PARTS_MAX: usize = 10;

/// Known zones by their names in small letters.
static KNOWN: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let rows = WINDOWS_ZONES.lines().skip(1).filter_map(|row| row.split_once(','));
    let windows = rows.filter_map(|(name, zone)| Some((name.to_ascii_lowercase(), zone.parse().ok()?)));
    windows.chain(TZ_VARIANTS.iter().map(|zone| (zone.name().to_ascii_lowercase(), *zone))).collect()
});

/// A zone that wall times are read in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Zone<'zones> {
    Known(Tz),
    /// One that the file defines.
    Defined(&'zones ZoneChanges),
}

impl Zone<'_> {
    pub const UTC: Self = Self::Known(Tz::UTC);

    /// The first instant at which clocks show `local`, or the end of the jump that skips it.
    pub fn instant(self, local: NaiveDateTime) -> Instant {
        match self {
            Self::Known(zone) => first_instant_from(local, zone),
            Self::Defined(zone) => zone.instant(local),
        }
    }

    /// The instant at which clocks show `local` for the second time, in a night in which they go back.
    pub fn second_instant(self, local: NaiveDateTime) -> Option<Instant> {
        match self {
            Self::Known(zone) => match resolve_local(local, zone) {
                Err(LocalFault::Ambiguous { second, .. }) => Some(second),
                _ => None,
            },
            Self::Defined(zone) => zone.second_instant(local),
        }
    }

    /// What clocks show at an instant.
    pub fn local(self, at: Instant) -> NaiveDateTime {
        match self {
            Self::Known(zone) => at.with_timezone(&zone).naive_local(),
            Self::Defined(zone) => zone.local(at),
        }
    }
}

impl PartialEq for Zone<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Defined(one), Self::Defined(other)) => std::ptr::eq(*one, *other),
            _ => false,
        }
    }
}

impl Eq for Zone<'_> {}

/// The zone of a name: IANA's or Windows', in any case, or one behind a prefix, such as `/mozilla.org/20050126_1/Europe/Berlin`.
pub(super) fn known_zone(name: &str) -> Option<Tz> {
    if name.len() > NAME_MAX {
        return None;
    }
    // Outlook shows the offset first: `(UTC-05:00) Eastern Time (US & Canada)`.
    let name = name.strip_prefix('(').and_then(|rest| rest.split_once(')')).map_or(name, |(_, rest)| rest.trim());
    let name = name.replace(' ', "_").to_ascii_lowercase();
    let suffixes = std::iter::successors(Some(name.as_str()), |name| name.split_once('/').map(|(_, rest)| rest));
    let suffixes = suffixes.take(PARTS_MAX);
    let spaced = |name: &str| KNOWN.get(&name.replace('_', " ")).copied();
    suffixes.filter(|suffix| !suffix.is_empty()).find_map(|suffix| {
        KNOWN.get(suffix).copied().or_else(|| spaced(suffix)).or_else(|| spaced(without_number(suffix)))
    })
}

/// Outlook numbers zones that it has twice: `Eastern Standard Time 1`.
fn without_number(name: &str) -> &str {
    let cut = name.trim_end_matches(|letter: char| letter.is_ascii_digit());
    cut.strip_suffix('_').unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_many_names() {
        for (name, zone) in [
            ("Europe/Berlin", Tz::Europe__Berlin),
            ("europe/BERLIN", Tz::Europe__Berlin),
            ("/Europe/Berlin", Tz::Europe__Berlin),
            ("/mozilla.org/20050126_1/Europe/Berlin", Tz::Europe__Berlin),
            (
                "/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires",
                Tz::America__Argentina__Buenos_Aires,
            ),
            ("/softwarestudio.org/Olson_20011030_5/America/Chicago", Tz::America__Chicago),
            ("America/New York", Tz::America__New_York),
            ("Eastern Standard Time", Tz::America__New_York),
            ("W. EUROPE standard time", Tz::Europe__Berlin),
            ("Eastern Standard Time 1", Tz::America__New_York),
            ("(UTC-08:00) Pacific Time (US & Canada)", Tz::America__Los_Angeles),
            ("tzone://Microsoft/Utc", Tz::UTC),
            ("Etc/GMT+5", Tz::Etc__GMTPlus5),
            ("UTC+12", Tz::Etc__GMTMinus12),
            ("US/Eastern", Tz::US__Eastern),
        ] {
            assert_eq!(known_zone(name), Some(zone), "{name}");
        }
        for name in ["", "/", "My zone", "tzone://Microsoft/Custom", "Customized Time Zone", &"x/".repeat(200)] {
            assert_eq!(known_zone(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_of_windows_means_a_zone() {
        let rows: Vec<_> = WINDOWS_ZONES.lines().skip(1).collect();
        assert!(rows.len() > 140);
        for row in rows {
            let (name, _) = row.split_once(',').expect("two columns");
            assert!(known_zone(name).is_some(), "{row}");
        }
    }
}
