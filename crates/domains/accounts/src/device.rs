//! Devices that somebody has signed in from, remembered by a signed value in the browser.
//!
//! It opens nothing. It only keeps a stranger's wrong guesses from slowing down the owner. It is bound to one person without naming them,
//! and to their epoch, so a new password voids it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use kernel::secret::{equal_in_constant_time, hmac_sha256};
use kernel::{Chance, Instant, PersonId, Secret};

use crate::Keys;
use crate::queries::Person;

/// How long a device is remembered after its last log-in; browsers keep no cookie for longer.
pub const DEVICE_LIFE: TimeDelta = TimeDelta::days(400);

/// The value for a device that `person` has just signed in from. A device that is known already keeps its id.
pub(crate) fn remember(
    keys: &Keys,
    chance: &dyn Chance,
    now: Instant,
    person: &Person,
    shown: Option<&str>,
) -> Secret<String> {
    let id = known_id(keys, now, person, shown).map_or_else(|| fresh_id(chance), str::to_owned);
    let text = format!("{id}.{}", now.timestamp());
    let mac = mac(keys, person.id, person.epoch, &text);
    Secret::new(format!("{text}.{mac}"))
}

/// The device's id, if `person` has signed in from it since their last new password.
pub(crate) fn known_id<'shown>(
    keys: &Keys,
    now: Instant,
    person: &Person,
    shown: Option<&'shown str>,
) -> Option<&'shown str> {
    let (text, sent) = shown?.rsplit_once('.')?;
    let is_ours = |keys| equal_in_constant_time(mac(keys, person.id, person.epoch, text).as_bytes(), sent.as_bytes());
    if !keys.each().any(is_ours) {
        return None;
    }
    let (id, signed_in_at) = text.split_once('.')?;
    let signed_in_at = Instant::from_timestamp(signed_in_at.parse().ok()?, 0)?;
    (now < signed_in_at + DEVICE_LIFE).then_some(id)
}

fn fresh_id(chance: &dyn Chance) -> String {
    let mut bytes = [0; 16];
    chance.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn mac(keys: &Keys, person: PersonId, epoch: i32, text: &str) -> String {
    let bound = format!("{}/{epoch}/{text}", person.0.simple());
    URL_SAFE_NO_PAD.encode(hmac_sha256(keys.devices.expose(), bound.as_bytes()))
}

#[cfg(test)]
mod tests {
    use kernel::{Role, SeededChance};
    use uuid::Uuid;

    use super::*;

    fn now() -> Instant {
        "2026-12-01T12:00:00Z".parse().unwrap()
    }

    fn person(id: u128, epoch: i32) -> Person {
        Person {
            id: PersonId(Uuid::from_u128(id)),
            email: "ana@example.org".to_owned(),
            display_name: "Ana".to_owned(),
            roles: vec![Role::Customer],
            is_suspended: false,
            time_zone: "UTC".to_owned(),
            locale: "en".to_owned(),
            email_verified: true,
            epoch,
            created_at: now(),
            has_second_factor: false,
            has_passkey: false,
            password_changed_at: None,
        }
    }

    #[test]
    fn a_device_is_known_to_one_person_until_their_next_password() {
        let keys = Keys::derive(&Secret::new(vec![7; 32]));
        let (ana, chance) = (person(1, 3), SeededChance::new(1));
        let value = remember(&keys, &chance, now(), &ana, None);
        let id = known_id(&keys, now(), &ana, Some(value.expose())).expect("it is known");
        assert!(!value.expose().contains(&ana.id.0.simple().to_string()), "it names nobody");
        let later = now() + DEVICE_LIFE;
        assert_eq!(known_id(&keys, later, &ana, Some(value.expose())), None, "too long ago");
        for other in [person(2, 3), person(1, 4)] {
            assert_eq!(known_id(&keys, now(), &other, Some(value.expose())), None);
        }
        let stranger = Keys::derive(&Secret::new(vec![8; 32]));
        assert_eq!(known_id(&stranger, now(), &ana, Some(value.expose())), None);
        for text in ["", ".", "..", "a.b.c", &value.expose()[1..]] {
            assert_eq!(known_id(&keys, now(), &ana, Some(text)), None, "{text}");
        }
        let again = remember(&keys, &chance, now() + TimeDelta::days(399), &ana, Some(value.expose()));
        assert_eq!(known_id(&keys, later, &ana, Some(again.expose())), Some(id), "a log-in extends it");
    }
}
