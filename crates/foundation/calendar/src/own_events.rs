//! The ids of events in calendar files that we give out, by which we know them when they come back.

use std::collections::HashSet;

use kernel::{BookingId, CelebrityId, Instant};

/// The end of each id.
const OURS: &str = "@stagedoor";
/// How the names of times in a public calendar begin.
const PUBLIC_KINDS: [&str; 2] = ["open-", "taken-"];

/// The id of a booking's event.
pub fn booking_event_id(booking: BookingId) -> String {
    format!("{booking}{OURS}")
}

/// The id of a time in a celebrity's public calendar, where `kind` is `open` or `taken`. It is stable, so that readers update an event
/// instead of adding another.
pub fn public_event_id(kind: &str, starts_at: Instant, celebrity: CelebrityId) -> String {
    format!("{kind}-{}-{celebrity}{OURS}", starts_at.timestamp())
}

/// The booking whose event has this id.
pub(crate) fn booking_of_event(id: &str) -> Option<BookingId> {
    name_of(id)?.parse().ok()
}

/// The events that were given out for one profile. They return in calendars that its public calendar or its bookings were added to, and
/// do not count there. The bookings that its people made with others do.
#[derive(Debug, Clone)]
pub struct OwnEvents {
    pub celebrity: CelebrityId,
    pub bookings: HashSet<BookingId>,
}

impl OwnEvents {
    /// Whether the event with this id is one of them.
    pub fn hold(&self, id: &str) -> bool {
        name_of(id).is_some_and(|name| {
            name.parse().is_ok_and(|booking| self.bookings.contains(&booking)) || self.is_public_time(name)
        })
    }

    fn is_public_time(&self, name: &str) -> bool {
        let rest = PUBLIC_KINDS.iter().find_map(|kind| name.strip_prefix(kind));
        // Times before 1970 have a sign.
        let split = rest.and_then(|rest| {
            rest.char_indices().skip(1).find(|(_, letter)| *letter == '-').map(|(at, _)| rest.split_at(at))
        });
        split.is_some_and(|(timestamp, celebrity)| {
            timestamp.parse::<i64>().is_ok() && celebrity[1..].parse() == Ok(self.celebrity)
        })
    }
}

/// What stands before the end of our ids.
fn name_of(id: &str) -> Option<&str> {
    let at = id.len().checked_sub(OURS.len())?;
    let (name, end) = id.split_at_checked(at)?;
    end.eq_ignore_ascii_case(OURS).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_out_for_the_profile_is_its_own() {
        let id = |number: u128| uuid::Uuid::from_u128(number);
        let own = OwnEvents { celebrity: CelebrityId(id(1)), bookings: HashSet::from([BookingId(id(7))]) };
        let at: Instant = "2026-12-12T10:00:00Z".parse().expect("an instant");
        for kind in ["open", "taken"] {
            assert!(own.hold(&public_event_id(kind, at, CelebrityId(id(1)))));
            assert!(!own.hold(&public_event_id(kind, at, CelebrityId(id(2)))), "of another profile");
        }
        let booking = booking_event_id(BookingId(id(7)));
        assert_eq!(booking_of_event(&booking), Some(BookingId(id(7))));
        assert!(own.hold(&booking) && own.hold(&booking.to_uppercase()));
        let (celebrity, other) = (id(1), booking_event_id(BookingId(id(8))));
        for id in [
            "",
            "@stagedoor",
            "anything@stagedoor",
            &other,
            &format!("{celebrity}@stagedoor"),
            &format!("taken-soon-{celebrity}@stagedoor"),
            &format!("taken-{celebrity}@stagedoor"),
            &format!("busy-1-{celebrity}@stagedoor"),
            &format!("taken-1-{celebrity}@stagedoor.example"),
            "é@stagedoor",
        ] {
            assert!(!own.hold(id), "{id}");
        }
    }
}
