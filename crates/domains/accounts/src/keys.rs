//! The keys of this domain, all derived from the installation's master secret.

use ed25519_dalek::SigningKey;
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::secret::{MasterSecret, Secret, derive_key, hmac_sha256, sha256};

/// The bytes before the 32 bytes of an Ed25519 private key in PKCS #8 (RFC 8410).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// Keys for signing, verifying and keyed hashes, one for each purpose.
pub struct Keys {
    pub(crate) sign: EncodingKey,
    pub(crate) verify: DecodingKey,
    /// The `kid` of tokens.
    pub(crate) key_id: String,
    pub(crate) csrf: Secret<[u8; 32]>,
    pub(crate) pepper: Secret<[u8; 32]>,
    pub(crate) account_names: Secret<[u8; 32]>,
    pub(crate) authenticators: Secret<[u8; 32]>,
    pub(crate) recovery_codes: Secret<[u8; 32]>,
    pub(crate) second_step: Secret<[u8; 32]>,
    pub(crate) devices: Secret<[u8; 32]>,
    requests: Secret<[u8; 32]>,
    previous: Option<Box<Self>>,
}

impl Keys {
    /// Derives the keys from the master secret.
    pub fn derive(master: &MasterSecret) -> Self {
        let seed = Secret::new(derive_key(master, "accounts/access-token/1"));
        let public = SigningKey::from_bytes(seed.expose()).verifying_key().to_bytes();
        let private = Secret::new([PKCS8_PREFIX.as_slice(), seed.expose()].concat());
        Self {
            sign: EncodingKey::from_ed_der(private.expose()),
            verify: DecodingKey::from_ed_der(&public),
            key_id: sha256(&public)[..8].iter().map(|byte| format!("{byte:02x}")).collect(),
            csrf: Secret::new(derive_key(master, "accounts/csrf/1")),
            pepper: Secret::new(derive_key(master, "accounts/pepper/1")),
            account_names: Secret::new(derive_key(master, "accounts/account-names/1")),
            authenticators: Secret::new(derive_key(master, "accounts/authenticators/1")),
            recovery_codes: Secret::new(derive_key(master, "accounts/recovery-codes/1")),
            second_step: Secret::new(derive_key(master, "accounts/second-step/1")),
            devices: Secret::new(derive_key(master, "accounts/devices/1")),
            requests: Secret::new(derive_key(master, "accounts/requests/1")),
            previous: None,
        }
    }
}

impl Keys {
    /// The same keys; what was made with the `previous` ones is still understood, and nothing is made with them.
    #[must_use]
    pub fn with_previous(self, previous: Self) -> Self {
        Self { previous: Some(Box::new(previous)), ..self }
    }

    /// These keys, then the previous ones.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |keys| keys.previous.as_deref())
    }

    /// A keyed hash of a request's body, which tells a retry from another request. It is keyed because a body may hold something
    /// that can be found by trying all values, such as a card number.
    pub fn fingerprint(&self, body: &[u8]) -> [u8; 32] {
        hmac_sha256(self.requests.expose(), body)
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use kernel::{Instant, PersonId, SessionId, SystemChance};
    use uuid::Uuid;

    use super::*;
    use crate::authenticator::Authenticator;
    use crate::csrf::{self, Bound};
    use crate::second_step::SecondStep;
    use crate::{Hasher, tokens};

    fn keys(seed: u8) -> Keys {
        Keys::derive(&Secret::new(vec![seed; 32]))
    }

    #[tokio::test]
    async fn what_was_made_before_the_secret_was_replaced_is_understood_beside_it() {
        let now: Instant = "2026-12-01T12:00:00Z".parse().unwrap();
        let (person, session) = (PersonId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let (old, hasher) = (keys(7), Hasher::new(1));
        let password = || Secret::new("correct horse battery".to_owned());
        let token = tokens::sign(&old, &SystemChance, now, person, session, &[], 1).unwrap().text;
        let form = csrf::token(&old, Bound::Session(session));
        let step = SecondStep { person, epoch: 1, proven_at: now }.seal(&old);
        let hash = hasher.hash(&old, &SystemChance, password()).await.unwrap();
        for (keys, is_understood) in [(keys(8).with_previous(keys(7)), true), (keys(8), false)] {
            assert_eq!(tokens::verify_any(&keys, now, &token).is_ok(), is_understood);
            assert_eq!(csrf::verify(&keys, Bound::Session(session), &form), is_understood);
            assert_eq!(SecondStep::open(&keys, now + TimeDelta::minutes(1), step.expose()).is_some(), is_understood);
            let check = hasher.verify(&keys, Some(hash.clone()), password()).await.unwrap();
            // Outdated, so that the next log-in hashes it anew.
            assert_eq!((check.matches, check.is_outdated), (is_understood, is_understood));
            let app = keys.each().any(|keys| {
                Authenticator::new(keys, person, b"salt").secret() == Authenticator::new(&old, person, b"salt").secret()
            });
            assert_eq!(app, is_understood);
            assert!(csrf::token(&keys, Bound::Session(session)) != form, "nothing is made with the old one");
        }
    }
}
