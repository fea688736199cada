//! Addresses of calendars at rest: encrypted, because whoever knows one can read the calendar.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use kernel::secret::{MasterSecret, derive_key, hmac_sha256};
use kernel::{CalendarFeedId, CelebrityId, Chance, Secret};

use crate::FeedAddress;

/// The first byte of a sealed address, so that another format can follow.
const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The keys for addresses, derived from the installation's master secret.
pub struct AddressKeys {
    seal: Secret<[u8; 32]>,
    mark: Secret<[u8; 32]>,
    /// The keys of the previous secret: they open what was sealed with them, and seal nothing new.
    previous: Option<Box<Self>>,
}

/// An address as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAddress {
    /// Its host and a mark, such as `https://calendar.example.org/#3f0a…`: calendars of one celebrity with the same address have the same
    /// mark.
    pub shown: String,
    pub sealed: Vec<u8>,
}

impl AddressKeys {
    /// Derives the keys from the master secret.
    pub fn derive(master: &MasterSecret) -> Self {
        Self {
            seal: Secret::new(derive_key(master, "feeds/addresses/1")),
            mark: Secret::new(derive_key(master, "feeds/address-marks/1")),
            previous: None,
        }
    }

    /// The same keys; what was sealed with the `previous` ones is still opened.
    #[must_use]
    pub fn with_previous(self, previous: Self) -> Self {
        Self { previous: Some(Box::new(previous)), ..self }
    }

    /// Encrypts the address of a celebrity's calendar.
    pub fn seal(
        &self,
        address: &FeedAddress,
        feed: CalendarFeedId,
        celebrity: CelebrityId,
        chance: &dyn Chance,
    ) -> SealedAddress {
        let text = address.as_text();
        let mut nonce = [0; NONCE_BYTES];
        chance.fill(&mut nonce);
        // The id is authenticated with it, so that an address cannot be moved to another calendar in the database.
        let payload = Payload { msg: text.as_bytes(), aad: feed.0.as_bytes() };
        let encrypted =
            self.cipher().encrypt(&XNonce::from(nonce), payload).expect("an address is short enough to be encrypted");
        let mark = hmac_sha256(self.mark.expose(), &[celebrity.0.as_bytes().as_slice(), text.as_bytes()].concat());
        let mark: String = mark[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        SealedAddress {
            shown: format!("{}/#{mark}", address.origin()),
            sealed: [&[VERSION], nonce.as_slice(), &encrypted].concat(),
        }
    }

    /// Decrypts an address; `None` if it was sealed with another secret or for another calendar.
    pub fn open(&self, sealed: &[u8], feed: CalendarFeedId) -> Option<Secret<String>> {
        self.open_current(sealed, feed).or_else(|| self.previous.as_ref()?.open(sealed, feed))
    }

    /// The same, only if the current secret sealed it.
    pub fn open_current(&self, sealed: &[u8], feed: CalendarFeedId) -> Option<Secret<String>> {
        let (nonce, encrypted) = sealed.strip_prefix(&[VERSION])?.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: encrypted, aad: feed.0.as_bytes() };
        let text = self.cipher().decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(text).ok().map(Secret::new)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.seal.expose().into())
    }
}

impl std::fmt::Debug for AddressKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AddressKeys(***)")
    }
}

#[cfg(test)]
mod tests {
    use kernel::SeededChance;

    use super::*;

    #[test]
    fn an_address_is_read_again_with_the_same_secret_for_the_same_calendar() {
        let address = FeedAddress::parse("https://example.org/private-1234/basic.ics", false).expect("an address");
        let (chance, now) = (SeededChance::new(1), "2026-12-01T12:00:00Z".parse().expect("an instant"));
        let (feed, other) = (CalendarFeedId::new(&chance, now), CalendarFeedId::new(&chance, now));
        let (star, other_star) = (CelebrityId::new(&chance, now), CelebrityId::new(&chance, now));
        let keys = AddressKeys::derive(&Secret::new(vec![7; 32]));
        let one = keys.seal(&address, feed, star, &chance);
        assert_eq!(keys.open(&one.sealed, feed).expect("ours").expose(), "https://example.org/private-1234/basic.ics");
        assert!(one.shown.starts_with("https://example.org/#") && !one.shown.contains("private"));
        assert!(!String::from_utf8_lossy(&one.sealed).contains("private"));

        // The mark tells the same address again, for the same celebrity only; what is sealed differs each time.
        let again = keys.seal(&address, other, star, &chance);
        assert_eq!(again.shown, one.shown);
        assert_ne!(again.sealed, one.sealed);
        assert_ne!(keys.seal(&address, feed, other_star, &chance).shown, one.shown);

        let foreign = || AddressKeys::derive(&Secret::new(vec![8; 32]));
        let replaced = foreign().with_previous(AddressKeys::derive(&Secret::new(vec![7; 32])));
        assert!(replaced.open(&one.sealed, feed).is_some() && replaced.open_current(&one.sealed, feed).is_none());
        let resealed = replaced.seal(&address, feed, star, &chance);
        assert!(foreign().open(&resealed.sealed, feed).is_some() && keys.open(&resealed.sealed, feed).is_none());

        let foreign = foreign();
        let mut changed = one.sealed.clone();
        changed[30] ^= 1;
        assert!(foreign.open(&one.sealed, feed).is_none() && keys.open(&one.sealed, other).is_none());
        for sealed in [changed.as_slice(), &[], &[1], &one.sealed[..20], &[[2].as_slice(), &one.sealed[1..]].concat()] {
            assert!(keys.open(sealed, feed).is_none());
        }
    }
}
